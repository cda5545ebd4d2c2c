using System.Buffers;
using System.IO.Compression;
using System.Text.Json;
using Kendt.Collect;
using Kendt.Model;
using Kendt.Server.Host;
using Kendt.Server.Security;

namespace Kendt.Server.Api;

/// <summary>
/// The doors of the tracking API: what Segment and RudderStack clients call. The raw bytes are read whatever the
/// Content-Type says; 200 means that every accepted item is durable.
/// </summary>
internal static class TrackingApi
{
    private static readonly (string Word, MessageType? Type)[] Words =
    [
        ("identify", MessageType.Identify), ("i", MessageType.Identify), ("track", MessageType.Track), ("t", MessageType.Track),
        ("page", MessageType.Page), ("p", MessageType.Page), ("screen", MessageType.Screen), ("s", MessageType.Screen),
        ("group", MessageType.Group), ("g", MessageType.Group), ("alias", MessageType.Alias), ("a", MessageType.Alias),
        ("batch", null), ("b", null), ("import", null),
    ];

    public static IEndpointRouteBuilder MapTracking(this IEndpointRouteBuilder routes)
    {
        foreach (var (word, type) in Words)
        {
            routes.MapPost("/v1/" + word, (HttpContext context, Sources sources, IntakeLog log, TimeProvider time) => TakeAsync(context, type, sources, log, time))
                .AllowAnonymous().DisableAntiforgery().WithTags("Tracking").WithSummary($"Takes a {word} call")
                .Accepts<JsonElement>("application/json").Produces<JsonElement>();
        }
        return routes;
    }

    private static async Task TakeAsync(HttpContext context, MessageType? type, Sources sources, IntakeLog log, TimeProvider time)
    {
        var cancel = context.RequestAborted;
        var body = new ArrayBufferWriter<byte>(4096);
        if (await ReadAsync(context.Request, body, cancel) is { } fault)
        {
            await AnswerAsync(context, fault.Status, fault.Code, fault.Message);
            return;
        }
        var receivedAt = time.GetUtcNow();
        var call = TrackingCall.Read(body.WrittenMemory, type, time);
        var key = Credentials.Read(context.Request.Headers.Authorization.ToString()) ?? (call as TrackingCall.Items)?.WriteKey ?? context.Request.Query["writeKey"].ToString();
        if (await sources.FindByKeyAsync(key, cancel) is not { } source)
        {
            await AnswerAsync(context, 401, "invalid_write_key", "The write key is missing or not known. It comes with 'kendt source add NAME'.");
            return;
        }
        if (!source.Enabled)
        {
            await AnswerAsync(context, 404, "source_disabled", $"The source {source.Name} is switched off.");
            return;
        }
        if (call is TrackingCall.Unreadable unreadable)
        {
            await AnswerAsync(context, unreadable.Status, unreadable.Code, unreadable.Message);
            return;
        }
        var items = (TrackingCall.Items)call;
        switch (await log.AppendAsync(source.Name, items, receivedAt, cancel))
        {
            case AppendResult.Busy busy:
                Telemetry.Busy.Add(1);
                context.Response.Headers.RetryAfter = Math.Ceiling(busy.RetryAfter.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
                await AnswerAsync(context, 503, "busy", "Too much is waiting to be written. Try again after the time in Retry-After.");
                break;
            case AppendResult.Taken taken:
                Telemetry.Received.Add(taken.New + taken.Duplicates);
                Telemetry.Rejected.Add(taken.Rejected);
                await TakenAsync(context, items.Refused);
                break;
        }
    }

    private static async Task TakenAsync(HttpContext context, IReadOnlyList<Rejected> refused)
    {
        context.Response.ContentType = "application/json";
        if (refused.Count == 0)
        {
            await context.Response.BodyWriter.WriteAsync("{\"success\":true}"u8.ToArray(), context.RequestAborted);
            return;
        }
        await JsonSerializer.SerializeAsync(context.Response.Body, new { success = true, rejected = refused.Select(r => new { index = r.Index, reason = r.Reason }) }, cancellationToken: context.RequestAborted);
    }

    private static Task AnswerAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { success = false, code, message }, context.RequestAborted);
    }

    // The bound holds for the bytes on the wire and for the unpacked ones: a bomb is stopped at the bound, not after it.
    private static async Task<(int Status, string Code, string Message)?> ReadAsync(HttpRequest request, ArrayBufferWriter<byte> into, CancellationToken cancel)
    {
        var tooLarge = (413, "too_large", $"The body is larger than {TrackingCall.MaxBody / 1024} KB. Send smaller batches.");
        if (request.ContentLength > TrackingCall.MaxBody) return tooLarge;
        var packed = request.Headers.ContentEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
        try
        {
            await using var stream = packed ? new GZipStream(request.Body, CompressionMode.Decompress) : request.Body;
            while (true)
            {
                var read = await stream.ReadAsync(into.GetMemory(4096), cancel);
                if (read == 0) return null;
                into.Advance(read);
                if (into.WrittenCount > TrackingCall.MaxBody) return tooLarge;
            }
        }
        catch (InvalidDataException)
        {
            return (400, "invalid_gzip", "Content-Encoding says gzip, but the body is not.");
        }
    }
}
