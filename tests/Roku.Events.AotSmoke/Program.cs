// Published as native code by .ci/run: every path from configuration to socket must work without reflection.
using System.Net;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Roku.Events;

var builder = Host.CreateEmptyApplicationBuilder(null);
builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
{
    ["Roku:ApiKey"] = "key",
    ["Roku:EventGroupId"] = "group",
    ["Roku:Batch:MaxAge"] = "00:00:30",
    ["Roku:Queue:WhenFull"] = "DropNewest",
    ["Roku:Identifiers:PhoneRule"] = "E164",
});
var receiver = new Receiver();
builder.Services.AddRokuEvents().HttpClient.ConfigurePrimaryHttpMessageHandler(() => receiver);
using var host = builder.Build();
await host.StartAsync();

var dispatcher = host.Services.GetRequiredService<IBatchDispatcher>();
var purchase = RokuEvent.Create(EventName.Purchase, host.Services.GetRequiredService<IdentifierHasher>())
    .From(EventSource.Website)
    .WithUser(user => user.Email("Test@Example.com").Phone("+1 (415) 555-0142").FirstName("JOSÉ"))
    .WithCustomData(data => data.Value(129.99m, "USD").Product("sku-1", 2, 64.995m).UndocumentedField("tier", "gold"))
    .Build();
await dispatcher.EnqueueAsync(purchase);
await host.StopAsync();

string[] expected =
[
    "\"event_group_id\":\"group\"",
    "\"em\":\"973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b\"",
    "\"ph\":\"abbf04d6f629b136344993dfb197f1fd9296f712eaf103ebc22b1cc29fb0f135\"",
    "\"fn\":\"d994e1d001886fe5b45b1267bd1fa2b752ac50742579bd3dad7b2a2aa0ed6866\"",
    "\"value\":129.99",
    "\"tier\":\"gold\"",
];
var missing = expected.Where(part => !receiver.Body.Contains(part, StringComparison.Ordinal)).ToList();
Console.WriteLine(missing.Count == 0 && dispatcher.Counts.Delivered == 1 ? "native code works" : $"{dispatcher.Counts} missing: {string.Join(' ', missing)} in {receiver.Body}");
return missing.Count == 0 && dispatcher.Counts.Delivered == 1 ? 0 : 1;

internal sealed class Receiver : HttpMessageHandler
{
    public string Body { get; private set; } = "";

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Body += await request.Content!.ReadAsStringAsync(cancellationToken);
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("{\"code\":200}", Encoding.UTF8, "application/json") };
    }
}
