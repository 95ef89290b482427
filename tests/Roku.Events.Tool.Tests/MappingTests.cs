using Roku.Events.Tool.Input;
using Roku.Events.Tool.Mapping;

namespace Roku.Events.Tool.Tests;

public sealed class MappingTests
{
    private static readonly string[] Required = ["event_name==PURCHASE", "event_source==website", "event_time=Date", "user_data.em=Mail"];

    [Theory]
    [InlineData("A", "2")]
    [InlineData("=A", "A")]
    [InlineData("=", "")]
    [InlineData("x-{A}-{B}", "x-2-3.5")]
    [InlineData("{C:0}", "17850")]
    [InlineData("{Text:0}", "abc")]
    [InlineData("x-{Empty}", null)]
    [InlineData("sum(A)", "6")]
    [InlineData("sum(A*B)", "17.0")]
    [InlineData("SUM( A * B * B )", "49.50")]
    [InlineData("sum(Text)", "not a number")]
    [InlineData("sum(Empty)", null)]
    [InlineData("Empty", null)]
    public void An_expression_takes_its_value_from_the_rows_of_the_event(string text, string? value)
    {
        string[] columns = ["A", "B", "C", "Text", "Empty"];
        IReadOnlyList<string?[]> rows = [["2", "3.5", "17850.0", "abc", null], ["4", "2.5", "1", "x", null]];

        Assert.Equal(value, Expression.Parse(text).Evaluate(rows, name => Array.IndexOf(columns, name)));
    }

    [Theory]
    [InlineData("C=A*", "A17", true)]
    [InlineData("C=A*", "BA17", false)]
    [InlineData("C=A?", "A1", true)]
    [InlineData("C=", null, true)]
    [InlineData("C=", "x", false)]
    [InlineData("C!=", null, false)]
    [InlineData("C!=GB", "DE", true)]
    [InlineData("C!=GB", "GB", false)]
    [InlineData("C!=GB", null, true)]
    [InlineData("C=*", null, false)]
    [InlineData("C=a\\b", "a\\b", true)]
    public void A_rule_skips_by_pattern(string rule, string? value, bool skips) =>
        Assert.Equal(skips, SkipRule.Parse(rule).Matches(value));

    [Theory]
    [InlineData("1730017211", 1730017211)]
    [InlineData("1730017211000", 1730017211000)]
    [InlineData("2024-10-27", 1729987200)]
    [InlineData("20241027", 1729987200)]
    [InlineData("2024-10-27 08:20", 1730017200)]
    [InlineData("2024-10-27T08:20:11", 1730017211)]
    [InlineData("2024-10-27T08:20:11.9876543Z", 1730017211)]
    [InlineData("2024-10-27T10:20:11+02:00", 1730017211)]
    [InlineData("2024-10-27 10:20:11 +02:00", 1730017211)]
    [InlineData("2024-10-27 03:20:11-05", 1730017211)]
    public void Iso_times_and_seconds_are_read(string text, long seconds) =>
        Assert.Equal((seconds, null), new TimeReader(null, null).Read(text));

    [Theory]
    [InlineData("27/10/2024")]
    [InlineData("10/27/2024 08:20")]
    [InlineData("yesterday")]
    [InlineData("2024-13-01")]
    public void Times_that_may_mean_two_days_are_refused_with_the_way_out(string text)
    {
        var (seconds, problem) = new TimeReader(null, null).Read(text);

        Assert.Null(seconds);
        Assert.Contains("--time-format", problem!.Fix);
    }

    [Fact]
    public void Times_without_offset_are_of_the_zone_that_is_told()
    {
        var london = new TimeReader("Europe/London", "dd/MM/yyyy HH:mm");

        Assert.Equal(DateTimeOffset.Parse("2026-07-01T07:30:00Z", null).ToUnixTimeSeconds(), london.Read("01/07/2026 08:30").Seconds);
        Assert.Equal(DateTimeOffset.Parse("2026-01-07T08:30:00Z", null).ToUnixTimeSeconds(), london.Read("07/01/2026 08:30").Seconds);
        Assert.Contains("clocks were put forward", london.Read("29/03/2026 01:30").Problem!.Rule);
    }

    [Theory]
    [InlineData("12.50", 12.50)]
    [InlineData("1,234.50", 1234.50)]
    [InlineData("-1,234,567", -1234567.0)]
    [InlineData("12,50", null)]
    [InlineData("1,23", null)]
    [InlineData("$12", null)]
    [InlineData("", null)]
    public void A_comma_is_read_only_where_thousands_end(string text, double? number) =>
        Assert.Equal((decimal?)number, Numbers.TryRead(text, out var read) ? read : null);

    [Theory]
    [InlineData("user_data.em", "user_data.em")]
    [InlineData("em", "user_data.em")]
    [InlineData("EVENT_TIME", "event_time")]
    [InlineData("value", "custom_data.value")]
    [InlineData("aid", "user_data.AID")]
    [InlineData("delivery_category", "custom_data.delivery_category")]
    [InlineData("contents.id", "contents.id")]
    public void A_field_is_named_by_its_path_or_the_last_part_of_it(string name, string path) =>
        Assert.Equal(path, Field.Named(name).Path);

    [Theory]
    [InlineData("email", "Did you mean user_data.em?")]
    [InlineData("amount", "Did you mean custom_data.value?")]
    [InlineData("zzz", "They are: event_name, event_time")]
    public void An_unknown_field_gets_a_suggestion(string name, string suggestion) =>
        Assert.Contains(suggestion, Assert.Throws<ToolException>(() => Field.Named(name)).Message);

    [Fact]
    public void What_is_missing_is_told_all_at_once_with_the_columns_there_are()
    {
        var message = Assert.Throws<ToolException>(() => FileMapping.Of(Told("value=Total"), ["Total", "Spalte"])).Message;

        Assert.All(["event_name: --map event_name==PURCHASE", "event_time: ", "event_source: ", "identifier", "custom_data.currency: ", "Total, Spalte"], part => Assert.Contains(part, message));
    }

    [Fact]
    public void An_unknown_column_is_told_with_those_there_are()
    {
        var message = Assert.Throws<ToolException>(() => FileMapping.Of(Told([.. Required, "ct=Town"]), ["Date", "Mail"])).Message;

        Assert.Equal("The file has no column 'Town'. It has: Date, Mail.", message);
    }

    [Fact]
    public void Columns_are_found_however_they_are_written()
    {
        var mapping = FileMapping.Of(Told(Required), [" date", "MAIL"]);

        Assert.Equal([" date", "MAIL"], mapping.Columns);
    }

    [Fact]
    public void What_is_told_is_not_guessed_over_and_no_column_is_taken_twice()
    {
        var mapping = FileMapping.Of(Told("event_name==LEAD", "event_source==website", "em=Email"), ["Email", "Timestamp", "Phone Number", "Order ID", "Total", "Currency", "Whatever"]);

        Assert.Equal(
            ["event_name:=LEAD", "event_source:=website", "user_data.em:Email", "event_time:Timestamp", "user_data.ph:Phone Number", "custom_data.value:Total", "custom_data.currency:Currency", "custom_data.order_id:Order ID"],
            mapping.Fields.Select(mapped => $"{mapped.Field.Path}:{mapped.Text}"));
    }

    [Fact]
    public void A_later_map_replaces_an_earlier_of_the_same_field()
    {
        var settings = Told("user_data.em=A", "em=B");

        Assert.Equal(KeyValuePair.Create("user_data.em", "B"), Assert.Single(settings.Fields));
    }

    [Fact]
    public void Rows_are_grouped_while_they_follow_each_other()
    {
        Assert.Equal(
            ["2:a,a", "4:b", "5:- belongs to a group whose other rows came earlier, with others between", "6:- has nothing in the column that groups rows"],
            Groups("Date,Mail,Order\n1,a,A\n1,a,A\n1,b,B\n1,a,A\n1,x,\n"));
    }

    [Fact]
    public void An_order_with_a_row_that_cannot_be_read_is_not_sent_in_part()
    {
        Assert.Equal(
            ["2:a", "3:- has 4 values and the first line names 3 columns", "6:c"],
            Groups("Date,Mail,Order\n1,a,A\n1,b,B\n1,b,B,extra\n1,b,B\n1,c,C\n"));
    }

    [Fact]
    public void A_row_that_does_not_even_tell_its_group_spoils_both_neighbours()
    {
        Assert.Equal(
            ["2:a", "3:- has 1 values and the first line names 3 columns", "5:- follows one that cannot be read and may belong to the same group", "6:d"],
            Groups("Date,Mail,Order\n1,a,A\n1,b,B\n1\n1,c,C\n1,d,D\n"));
    }

    [Fact]
    public void Two_events_of_one_id_are_told_unless_their_names_differ()
    {
        var mapping = Told("event_name=Name", "event_source==website", "event_time=Date", "user_data.em=Mail", "event_id=Id");

        Assert.Equal(
            ["2:a", "3:b", "4:- is that of an earlier event of the file"],
            Groups("Date,Mail,Name,Id\n1,a,LEAD,1\n1,b,SIGN_UP,1\n1,c,LEAD,1\n", mapping));
    }

    [Theory]
    [InlineData("{", "cannot be read")]
    [InlineData("{\"feilds\":{}}", "feilds")]
    [InlineData("null", "cannot be read")]
    public void A_mapping_file_with_a_mistake_is_told(string json, string part)
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, json);

        var message = Assert.Throws<ToolException>(() => MappingSettings.Read(path)).Message;
        File.Delete(path);

        Assert.Contains(part, message);
    }

    private static MappingSettings Told(params string[] maps)
    {
        var settings = new MappingSettings();
        foreach (var map in maps)
        {
            settings.Map(map);
        }

        return settings;
    }

    private static List<string> Groups(string csv, MappingSettings? told = null)
    {
        if (told is null)
        {
            told = Told(Required);
            told.GroupBy = "Order";
        }

        using var source = new CsvRows(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(csv)), ',');
        var mapping = FileMapping.Of(told, source.Header);
        source.Select(mapping.Columns, hashesContent: true);
        var candidates = new Candidates(source, mapping);
        var groups = new List<string>();
        while (candidates.Next() is { } candidate)
        {
            var mails = candidate.Rows.Select(row => row.Values[mapping.IndexOf("Mail")]);
            groups.Add($"{candidate.Line}:{(candidate.Problem is { } problem ? "- " + problem.Rule : string.Join(',', mails))}");
        }

        return groups;
    }
}
