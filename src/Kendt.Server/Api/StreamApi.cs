using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Kendt.Collect;
using Kendt.Govern;
using Kendt.Server.Security;

namespace Kendt.Server.Api;

/// <summary>
/// Messages as they come in, as server-sent events: <c>message</c>, <c>lost</c> with how many a slow reader has missed, and
/// <c>beat</c> so that nobody in between thinks the line is dead. It shows what profiles show, so it needs the same scope.
/// </summary>
internal static class StreamApi
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200), Beat = TimeSpan.FromSeconds(15);

    public static IEndpointRouteBuilder MapStream(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/stream", Open).WithTags("Sources").NeedsScope(Scopes.ProfilesRead).WithSummary("Messages as they come in, as server-sent events");
        return routes;
    }

    private static IResult Open(string? source, string? type, string? @event, bool? rejected, string? text, LiveFeed feed, TimeProvider time, IHostApplicationLifetime host, HttpContext context)
    {
        if (feed.Open() is not { } reader)
        {
            context.Response.Headers.RetryAfter = "10";
            return Results.Problem($"{LiveFeed.MostReaders} readers look on already. Try again when one has left.", statusCode: 503, title: "This cannot be done now");
        }
        context.Response.RegisterForDispose(reader);
        context.Response.Headers["X-Accel-Buffering"] = "no"; // proxies pass each message on as it comes
        return TypedResults.ServerSentEvents(WatchAsync(reader, new(source, type, @event, rejected is true, text), time, host.ApplicationStopping, context.RequestAborted));
    }

    private static async IAsyncEnumerable<SseItem<object>> WatchAsync(LiveReader reader, LiveFilter filter, TimeProvider time, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancel);
        var spoke = time.GetTimestamp();
        yield return new(new { }, "beat");
        while (!either.IsCancellationRequested)
        {
            var (messages, lost) = reader.Read(filter);
            if (lost > 0) yield return new(new { count = lost }, "lost");
            foreach (var message in messages) yield return new(Shown(message), "message") { EventId = message.Number.ToString(System.Globalization.CultureInfo.InvariantCulture) };
            if (messages.Count > 0 || lost > 0) spoke = time.GetTimestamp();
            if (time.GetElapsedTime(spoke) > Beat)
            {
                spoke = time.GetTimestamp();
                yield return new(new { }, "beat");
            }
            await Task.Delay(Look, time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static object Shown(LiveMessage message) => new
    {
        at = message.At,
        source = message.Source,
        type = message.Type,
        name = message.Name,
        rejected = message.Rejected,
        cut = message.IsCut ? true : (bool?)null,
        body = Json(message),
    };

    // As JSON where it is all there and whole; else the text as it came.
    private static object Json(LiveMessage message)
    {
        try
        {
            return JsonElement.Parse(message.Body.Span);
        }
        catch (JsonException)
        {
            return System.Text.Encoding.UTF8.GetString(message.Body.Span);
        }
    }
}
