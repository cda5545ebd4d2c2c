using Kendt.Collect;
using Kendt.Model;

namespace Kendt.Server.Api.Tracking;

/// <summary>A path that messages come in by.</summary>
/// <param name="Method">The HTTP method that it takes.</param>
/// <param name="Path">As clients write it; a slash at its end makes no difference.</param>
/// <param name="Says">What it is for, in the API's description.</param>
/// <param name="Read">How its calls are read: the request (for its query and headers) and the bytes of its body.</param>
internal sealed record Door(string Method, string Path, string Says, Func<HttpRequest, ReadOnlyMemory<byte>, TimeProvider, TrackingCall> Read)
{
    /// <summary>An image that answers with a picture, for mails and pages that run no script.</summary>
    public bool IsPixel { get; init; }

    /// <summary>Every door. Clients of Segment and RudderStack, and proxies before them, know these paths; none of them can be told another.</summary>
    public static IReadOnlyList<Door> All { get; } =
    [
        .. Enum.GetValues<MessageType>().SelectMany(type => new[] { Word(type), Word(type)[..1] }, (type, word) => Messages("/v1/" + word, $"One {Word(type)} message", type)),
        .. new[] { "/v1/batch", "/v1/b", "/v1/import", "/v1/batch/b", "/b", "/batch", "/beacon/v1/batch" }.Select(path => Messages(path, "Many messages at once", null)),
        .. new[] { MessageType.Track, MessageType.Page }.Select(Pixel),
        new("POST", "/v1/merge", "Two identifiers of one person, as RudderStack has it", (_, body, time) => MergeCall.Read(body, time)),
        new("POST", "/v1/audiencelist", "Who came on a list and who left it, as RudderStack has it", (_, body, time) => AudienceListCall.Read(body, time)),
    ];

    private static Door Messages(string path, string says, MessageType? type) => new("POST", path, says, (request, body, time) => TrackingCall.Read(body, type, time, SentAt(request)));

    private static Door Pixel(MessageType type) => new("GET", "/pixel/v1/" + Word(type), $"One {Word(type)} message in the query; answers with a picture of one transparent point",
        (request, _, time) => TrackingCall.Read(PixelQuery.ToJson(request.Query), type, time))
    { IsPixel = true };

    // RudderStack's clients say in a header when they sent.
    private static DateTimeOffset? SentAt(HttpRequest request) =>
        request.Headers.TryGetValue("SentAt", out var text) && DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var sent) ? sent.ToUniversalTime() : null;

    private static string Word(MessageType type) => type.ToString().ToLowerInvariant();
}
