using System.Text;
using Kendt.Collect;
using Kendt.Model;
using Microsoft.Extensions.Time.Testing;

namespace Kendt.Tests.Collect;

/// <summary>What the tests of this room share: a clock, calls from text, an opened log.</summary>
internal static class Calls
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    public static FakeTimeProvider Clock() => new(Noon);

    public static TrackingCall Read(string body, MessageType? type = null) => TrackingCall.Read(Encoding.UTF8.GetBytes(body), type, Clock());

    public static TrackingCall.Items Items(string body, MessageType? type = null) => Assert.IsType<TrackingCall.Items>(Read(body, type));

    public static string Text(Item item) => Encoding.UTF8.GetString(item.Body.Span);

    public static string Track(string id, string more = "") => $$"""{"type":"track","event":"E","userId":"u","messageId":"{{id}}"{{more}}}""";

    public static TrackingCall.Items Batch(IEnumerable<string> ids) => Items("{\"batch\":[" + string.Join(",", ids.Select(id => Track(id))) + "]}");

    public static Task<IntakeLog> OpenAsync(Kendt.Store.Stores stores, IntakeOptions? options = null) => IntakeLog.OpenAsync(stores, options ?? new(), TestContext.Current.CancellationToken);

    public static Message Message(string body, DateTimeOffset? sentAt = null) => new(7, "web", "m", Noon, sentAt, Encoding.UTF8.GetBytes(body));

    public static Happening Happening(string body, DateTimeOffset? sentAt = null)
    {
        var happening = Happenings.Read(Message(body, sentAt), out var refused);
        Assert.Null(refused);
        return happening!;
    }
}
