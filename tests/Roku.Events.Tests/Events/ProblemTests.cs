namespace Roku.Events.Tests.Events;

public sealed class ProblemTests
{
    [Fact]
    public void Every_mistake_is_reported_at_once_with_its_place()
    {
        var problems = Problems.Of(RokuEvent.Create(new EventName("purchase"))
            .At(1730017211000)
            .OnPage("/done", "cart")
            .WithUser(user => user.Email("jane").Phone("n/a").FirstName("J\0").LastName("D\0").BirthDate("16.2.97").HashedGender("m").IpAddress("1"))
            .WithCustomData(data => data.Value(1, "usd").NumItems(-1).ContentIds([""]).Product("", 0).Products(["a"], [], []).UndocumentedField("value", 1)));

        Assert.Equal(
            [
                "event_source_url", "referrer_url",
                "user_data.em", "user_data.ph", "user_data.fn", "user_data.ln", "user_data.db", "user_data.ge", "user_data.client_ip_address",
                "custom_data.currency", "custom_data.num_items", "custom_data.content_ids[0]", "custom_data.contents[0].id",
                "custom_data.contents[0].quantity", "custom_data.contents", "custom_data.value",
                "event_name", "event_source", "event_time",
            ],
            problems.Select(problem => problem.Path));
        Assert.All(problems, problem => Assert.Equal($"{problem.Path} {problem.Message}.", problem.ToString()));
        Assert.All(problems, problem => Assert.Matches("^[^;]+; .", problem.Message));
    }

    [Theory]
    [InlineData("jane doe@example.com", "1")]
    [InlineData("jane@home@example.com", "no")]
    [InlineData("973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b", "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b")]
    [InlineData("\uFFFE\u200B@", "000")]
    [InlineData("@", "+0123456789")]
    [InlineData("a@", "+1415555")]
    [InlineData("@b", "4155550142123456789")]
    [InlineData("b", "1-800-FLOWERS")]
    [InlineData("c", "415_555")]
    public void Every_mistake_in_an_identifier_says_how_to_mend_it(string email, string phone)
    {
        var hasher = new IdentifierHasher(new IdentifierOptions { PhoneRule = PhoneRule.E164, DropEmailAlias = true });

        var problems = Problems.Of(RokuEvent.Create(EventName.Purchase, hasher).From(EventSource.Website).WithUser(user => user.Email(email).Phone(phone).LastName("\0").BirthDate(default(DateOnly)).FirstName(new string('a', 2000))));

        Assert.Equal(5, problems.Count);
        Assert.All(problems, problem => Assert.Matches("^[^;]+; .", problem.Message));
    }

    [Fact]
    public void The_exception_reads_as_one_line()
    {
        var exception = Assert.Throws<RokuEventValidationException>(Some.PurchaseToBe("ord-17").At(1730017211000).WithCustomData(data => data.Value(1, "usd")).Build);

        Assert.Equal(
            "2 problems in event 'ord-17': custom_data.currency 'usd' must be upper-case ISO 4217; write 'USD'. "
            + "event_time 1730017211000 looks like milliseconds; Roku takes seconds since 1970 (1730017211).",
            exception.Message);
        Assert.Equal("ord-17", exception.EventId);
    }

    [Fact]
    public void One_problem_in_an_event_without_id_is_said_so()
    {
        var exception = Assert.Throws<RokuEventValidationException>(Some.PurchaseToBe(null).WithCustomData(data => data.NumItems(-1)).Build);

        Assert.Equal("1 problem in an event without id: custom_data.num_items is -1; use 0 or more.", exception.Message);
        Assert.Null(exception.EventId);
    }

    [Fact]
    public void No_message_repeats_a_value_of_user_data()
    {
        const string Secret = "s3cr3t-jane";
        var exception = Assert.Throws<RokuEventValidationException>(Some.PurchaseToBe()
            .OnPage(Secret, Secret)
            .WithUser(user => user
                .Email(Secret).HashedEmail(Secret).Phone(Secret).HashedPhone(Secret).FirstName(Secret + "\0").HashedFirstName(Secret)
                .LastName(Secret + "\0").HashedLastName(Secret).BirthDate(Secret).BirthDate("1", Secret).BirthDate(Secret, "yyyy").HashedBirthDate(Secret)
                .Gender(Some.Digest).HashedGender(Secret).IpAddress(Secret).City(Secret).ExternalId(Secret).UserAgent(Secret))
            .Build);

        Assert.Equal(17, exception.Problems.Count);
        Assert.DoesNotContain("s3cr3t", exception.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Some.Digest, exception.ToString(), StringComparison.OrdinalIgnoreCase);
    }
}
