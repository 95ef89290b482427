using System.Reflection;

namespace Roku.Events.Tests;

public sealed class ConventionTests
{
    private static readonly Type[] PublicTypes = [.. typeof(RokuEvent).Assembly.GetExportedTypes()];

    public static TheoryData<Type> Types => [.. PublicTypes];

    [Theory]
    [MemberData(nameof(Types))]
    public void Public_types_are_sealed_or_static_or_values_or_the_one_interface(Type type) =>
        Assert.True(type.IsSealed || type.IsValueType || type == typeof(IBatchDispatcher), type.Name);

    [Theory]
    [MemberData(nameof(Types))]
    public void Public_types_are_in_the_namespace_that_users_import(Type type) =>
        Assert.Contains(type.Namespace, new[] { "Roku.Events", "Microsoft.Extensions.DependencyInjection" });

    [Theory]
    [MemberData(nameof(Types))]
    public void No_public_type_prints_its_properties_as_records_do(Type type) =>
        Assert.Null(type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic));

    [Theory]
    [MemberData(nameof(Types))]
    public void Names_say_what_a_thing_is(Type type) =>
        Assert.DoesNotMatch("Manager|Helper|Util|Impl|Base$|Service$|Info$", type.Name);

    [Theory]
    [MemberData(nameof(Types))]
    public void Methods_take_at_most_four_parameters_none_of_them_object_or_params(Type type)
    {
        foreach (var method in DeclaredMethods(type))
        {
            var parameters = method.GetParameters();
            Assert.InRange(parameters.Length, 0, 4);
            Assert.DoesNotContain(parameters, p => p.ParameterType == typeof(object) || p.IsDefined(typeof(ParamArrayAttribute)));
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Asynchronous_methods_end_in_async_and_take_a_token_last(Type type)
    {
        foreach (var method in DeclaredMethods(type).Where(m => typeof(Task).IsAssignableFrom(m.ReturnType) || m.ReturnType == typeof(ValueTask)))
        {
            Assert.EndsWith("Async", method.Name);
            Assert.Equal(typeof(CancellationToken), method.GetParameters()[^1].ParameterType);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Builders_and_options_are_the_only_mutable_types(Type type)
    {
        var settable = type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(p => p.SetMethod is { IsPublic: true } set && !set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(System.Runtime.CompilerServices.IsExternalInit)));

        Assert.True(type.Name.EndsWith("Options", StringComparison.Ordinal) || !settable.Any(), type.Name);
    }

    [Fact]
    public void No_field_but_hashes_can_hold_an_identifier_that_is_hashed()
    {
        var hashed = new[] { "Email", "Phone", "FirstName", "LastName", "BirthDate", "Gender" };

        Assert.All(hashed, name => Assert.Equal(typeof(IdentifierHash?), typeof(UserData).GetField(name)!.FieldType));
    }

    [Fact]
    public void The_public_surface_stays_small() => Assert.InRange(PublicTypes.Length, 1, 31);

    private static IEnumerable<MethodInfo> DeclaredMethods(Type type) =>
        type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(m => !m.IsSpecialName && !m.Name.StartsWith("Equals", StringComparison.Ordinal));
}
