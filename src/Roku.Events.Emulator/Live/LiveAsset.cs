using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;

namespace Roku.Events.Emulator;

// A file of the page; all of them are in the assembly.
internal sealed class LiveAsset(string name, string contentType)
{
    private static readonly FrozenDictionary<string, LiveAsset> All = new Dictionary<string, LiveAsset>
    {
        ["/"] = new("index.html", "text/html; charset=utf-8"),
        ["/live/live.css"] = new("live.css", "text/css; charset=utf-8"),
        ["/live/live.js"] = new("live.js", "text/javascript; charset=utf-8"),
        ["/live/store.js"] = new("store.js", "text/javascript; charset=utf-8"),
        ["/live/list.js"] = new("list.js", "text/javascript; charset=utf-8"),
        ["/live/plot.js"] = new("plot.js", "text/javascript; charset=utf-8"),
        ["/live/detail.js"] = new("detail.js", "text/javascript; charset=utf-8"),
        ["/live/dom.js"] = new("dom.js", "text/javascript; charset=utf-8"),
    }.ToFrozenDictionary();

    public static LiveAsset? At(string path) => All.GetValueOrDefault(path);

    public async Task SendAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var file = typeof(LiveAsset).Assembly.GetManifestResourceStream(name)!;
        await using (file.ConfigureAwait(false))
        {
            context.Response.ContentType = contentType;
            context.Response.ContentLength = file.Length;
            if (context.Request.Method == "GET")
            {
                await file.CopyToAsync(context.Response.Body, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
