namespace Roku.Events.Tests;

internal static class Problems
{
    public static IReadOnlyList<EventProblem> Of(RokuEventBuilder builder) =>
        Assert.Throws<RokuEventValidationException>(builder.Build).Problems;

    public static EventProblem OneOf(RokuEventBuilder builder) => Assert.Single(Of(builder));

    public static EventProblem OneInUser(Action<UserDataBuilder> user) => OneOf(Some.PurchaseToBe().WithUser(user));

    public static EventProblem OneInCustomData(Action<CustomDataBuilder> customData) => OneOf(Some.PurchaseToBe().WithCustomData(customData));
}
