using System.Net;
using System.Net.Http.Headers;
using System.Text;
using CsCheck;
using Roku.Events.Tests.AspNetCore;

namespace Roku.Events.Tests.Properties;

public sealed class CollectProperties
{
    private const string Event = """{"event_name":"SEARCH","event_id":"1","referrer_url":"https://search.example/","custom_data":{"value":1.5,"currency":"USD","num_items":1,"content_ids":["a"],"contents":[{"id":"b","quantity":2,"item_price":3.5}],"search_string":"tv"},"user_data":{"em":"jane@example.com","ph":"+14155550142","db":"1987-06-05"}}""";
    private static readonly string[] Pieces = ["{", "}", "[", "]", ",", ":", "\"", "null", "true", "-1", "1e400", "\\ud800", "\\u0000", "\\", "\n", "é", "{}", "[]", "\"\"", "\uFEFF", "99999999999999999999"];

    // Where to cut, how much, and what to put there, a few times over.
    private static readonly Gen<(int At, int Cut, int Piece)[]> Cuts = Gen.Select(Gen.Int[0, Event.Length], Gen.Int[0, 20], Gen.Int[0, Pieces.Length - 1]).Array[1, 4];

    [Fact]
    public async Task Whatever_is_posted_is_refused_or_taken_and_what_is_taken_Roku_takes()
    {
        await using var site = await CollectSite.StartAsync(options =>
        {
            options.RequestsPerMinute = 1_000_000;
            options.UserDataFields.UnionWith(["em", "ph", "db"]);
        });

        await Cuts.SampleAsync(
            async cuts =>
            {
                var request = site.Request("");
                request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Spoilt(cuts)));
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                using var response = await site.SendAsync(request);
                return response.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.BadRequest;
            },
            iter: 2_000,
            threads: 2);

        var received = await site.ReceivedAsync();
        Assert.NotEmpty(received);
        Assert.Equal(0, site.Dispatcher.Counts.Rejected);
    }

    private static string Spoilt((int At, int Cut, int Piece)[] cuts)
    {
        var text = Event;
        foreach (var (at, cut, piece) in cuts)
        {
            var from = Math.Min(at, text.Length);
            text = text[..from] + Pieces[piece] + text[Math.Min(from + cut, text.Length)..];
        }

        return text;
    }
}
