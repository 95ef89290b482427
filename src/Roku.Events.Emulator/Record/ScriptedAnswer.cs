using System.Globalization;
using System.Net;

namespace Roku.Events.Emulator;

internal sealed class ScriptedAnswer(HttpStatusCode status, TimeSpan? retryAfter, string? body)
{
    // A server that sends a body with these breaks HTTP.
    private bool MayHaveBody => status is not (HttpStatusCode.NoContent or HttpStatusCode.ResetContent or HttpStatusCode.NotModified);

    private string DefaultBody => $$$"""{"code":{{{(int)status}}},"error":{"code":"scripted","message":"This answer was scripted."}}""";

    public EmulatorAnswer ToAnswer()
    {
        var answer = EmulatorAnswer.Text(status, MayHaveBody ? body ?? DefaultBody : "");
        if (retryAfter is { } wait)
        {
            // The header counts whole seconds; a fraction is rounded up so that nobody is told to come too early.
            answer.AddHeader("Retry-After", ((long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture));
        }

        return answer;
    }
}
