namespace Roku.Events.Tests.Identifiers;

public sealed class AllocationTests
{
    private static readonly IdentifierHasher Guide = IdentifierHasher.Default;
    private static readonly IdentifierHasher Reference = new(new IdentifierOptions { PhoneRule = PhoneRule.E164, DropEmailAlias = true, DefaultCallingCode = "44" });

    [Fact]
    public void Hashing_an_email_allocates_nothing() => AssertAllocatesNothing(static () =>
    {
        Guide.HashEmail(" Jane.Doe+Shop@Example.com ");
        Reference.HashEmail(" Jöé+Shop@Example.com ");
    });

    [Fact]
    public void Hashing_a_phone_allocates_nothing() => AssertAllocatesNothing(static () =>
    {
        Guide.HashPhone("+1 (415) 555-0142 ext. 12");
        Reference.HashPhone("(0)20 7946 0958");
    });

    [Fact]
    public void Hashing_a_name_a_gender_or_a_birth_date_allocates_nothing() => AssertAllocatesNothing(static () =>
    {
        Guide.HashFirstName(" José ");
        Guide.HashLastName("O'Brien");
        Guide.HashGender("Female");
        Guide.HashBirthDate(new DateOnly(1997, 2, 16));
        Guide.HashBirthDate("1997-02-16");
    });

    [Fact]
    public void Parsing_and_formatting_a_hash_allocates_nothing() => AssertAllocatesNothing(static () =>
    {
        Span<char> text = stackalloc char[64];
        Span<byte> utf8 = stackalloc byte[64];
        var hash = IdentifierHash.Parse(Some.Digest);
        hash.TryFormat(text, out _);
        hash.TryFormat(utf8, out _);
    });

    // Code that the JIT has not optimized yet may box, so one clean round of many proves it.
    private static void AssertAllocatesNothing(Action action)
    {
        var fewest = long.MaxValue;
        for (var round = 0; round < 2000 && fewest > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 50; i++)
            {
                action();
            }

            fewest = Math.Min(fewest, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, fewest);
    }
}
