namespace Roku.Events.Tests.Identifiers;

public sealed class IdentifierHashTests
{
    [Fact]
    public void Reads_upper_case_and_writes_lower_case()
    {
        var hash = IdentifierHash.Parse("973DFE463EC85785F5F95AF5BA3906EEDB2D931C24E69824A89EA65DBA4E813B");

        Assert.Equal("973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b", hash.ToString());
    }
}
