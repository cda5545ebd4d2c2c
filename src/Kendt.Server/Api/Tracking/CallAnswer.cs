using System.Globalization;
using Kendt.Collect;

namespace Kendt.Server.Api.Tracking;

/// <summary>What a caller is told. Clients try again after 429 and 5xx only; after any other 4xx they forget what they had to say.</summary>
internal abstract record CallAnswer
{
    private CallAnswer() { }

    /// <summary>Every item is durable, as an event or as a dead letter.</summary>
    public sealed record Taken(int Items, IReadOnlyList<Rejected> Refused) : CallAnswer;

    /// <summary>Nothing was taken.</summary>
    /// <param name="RetryAfter">When it will have passed; null for what does not pass by itself.</param>
    public sealed record Fault(int Status, string Code, string Message, TimeSpan? RetryAfter = null) : CallAnswer;

    public static Fault TooLarge { get; } = new(413, "body_too_large", $"The body is larger than {TrackingCall.MaxBody / 1024:N0} KB. Send smaller batches: clients limit theirs to 500 KB.");

    public static Fault UnknownKey { get; } = new(401, "invalid_write_key", "The write key is missing or not known. It comes with 'kendt source add NAME'.");

    public static Fault Failing { get; } = new(503, "unavailable", "What was sent cannot be written now. Try again after the time in Retry-After; the log of the server has the cause.", TimeSpan.FromSeconds(5));

    public static Fault SwitchedOff(Source source) => new(404, "source_disabled", $"The source {source.Name} is switched off.");

    public static Fault Busy(TimeSpan retryAfter) => new(503, "busy", "Too much is waiting to be written. Try again after the time in Retry-After.", retryAfter);

    public static Fault TooFast(Source source, TimeSpan retryAfter) => new(429, "rate_limited", string.Create(CultureInfo.InvariantCulture,
        $"The source {source.Name} may send {source.Limit?.PerSecond:0.###} messages a second, {source.Limit?.Burst} at once. Try again after the time in Retry-After; Studio's page of the source raises the limit."), retryAfter);

    public async Task WriteAsync(HttpContext context, bool isPixel)
    {
        var (response, cancel) = (context.Response, context.RequestAborted);
        switch (this)
        {
            case Taken when isPixel:
                response.ContentType = "image/gif";
                response.Headers.CacheControl = "no-cache, no-store, must-revalidate";
                response.ContentLength = Point.Length;
                await response.Body.WriteAsync(Point, cancel);
                break;
            case Taken { Refused.Count: 0 }:
                response.ContentType = "application/json";
                response.ContentLength = Success.Length;
                await response.Body.WriteAsync(Success, cancel);
                break;
            case Taken taken:
                await response.WriteAsJsonAsync(new { success = true, rejected = taken.Refused.Select(r => new { index = r.Index, reason = r.Reason }) }, cancel);
                break;
            case Fault fault:
                response.StatusCode = fault.Status;
                if (fault.RetryAfter is { } wait) response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
                if (fault.Status == 429) response.Headers["X-RateLimit-Reset"] = response.Headers.RetryAfter;
                await response.WriteAsJsonAsync(new { success = false, code = fault.Code, message = fault.Message }, cancel);
                break;
        }
    }

    private static readonly ReadOnlyMemory<byte> Success = "{\"success\":true}"u8.ToArray();

    // One transparent point.
    private static readonly ReadOnlyMemory<byte> Point = Convert.FromBase64String("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");
}
