using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Kendt.Model;
using Kendt.Segments;
using Kendt.Server.Host;

namespace Kendt.Server.Api;

/// <summary>
/// Who enters a segment and who leaves it, as it happens. Server-sent events with the change's number as id, so that a
/// client that lost the line goes on where it was by <c>Last-Event-ID</c>; without that header, a page of what was.
/// </summary>
internal static class SegmentChanges
{
    private const int AtOnce = 500;

    // How soon a change is sent, and how often a line on which nothing happens is shown to be alive.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250), Silent = TimeSpan.FromSeconds(15);

    /// <param name="after">The number of the last change that is known; 0 for all that are kept. Events begin now without it, pages at the first.</param>
    public static async Task<IResult> ReadAsync(string name, long? after, int? limit, HttpContext context, Catalogue catalogue, Membership membership, Pulse pulse, IHostApplicationLifetime life, CancellationToken cancel)
    {
        if (await catalogue.FindAsync(name, cancel) is null) return Results.Problem("There is no segment of that name. GET /v1/segments lists them.", statusCode: 404, title: "Not found");
        if (context.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } header)
            after = long.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? last : throw new BadInputException("Last-Event-ID is not the number of a change; send the id of the last event that came, or leave the header out.");
        if (!context.Request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase))
        {
            var page = await membership.ChangesAsync(name, after ?? 0, Math.Clamp(limit ?? 100, 1, 1000), cancel);
            return Results.Ok(new { changes = page.Select(Told), next = page.Count > 0 ? page[^1].Seq : after ?? 0 });
        }
        var from = after ?? await membership.LastAsync(cancel);
        return TypedResults.ServerSentEvents(FollowAsync(name, from, membership, pulse, CancellationTokenSource.CreateLinkedTokenSource(cancel, life.ApplicationStopping).Token));
    }

    private static async IAsyncEnumerable<SseItem<object>> FollowAsync(string name, long after, Membership membership, Pulse pulse, [EnumeratorCancellation] CancellationToken cancel)
    {
        var silent = TimeSpan.Zero;
        while (!cancel.IsCancellationRequested)
        {
            var changes = await membership.ChangesAsync(name, after, AtOnce, cancel);
            foreach (var change in changes)
            {
                yield return new(Told(change), change.Entered ? "entered" : "left") { EventId = change.Seq.ToString(CultureInfo.InvariantCulture) };
                after = change.Seq;
            }
            silent = changes.Count > 0 ? TimeSpan.Zero : silent + Look;
            if (silent >= Silent)
            {
                yield return new(new { }, "alive");
                silent = TimeSpan.Zero;
            }
            if (changes.Count < AtOnce) await pulse.NextAsync(Look, cancel);
        }
    }

    private static object Told(MembershipChange c) => new { seq = c.Seq, segment = c.Segment, profile = c.Profile.ToString(), change = c.Entered ? "entered" : "left", at = c.At, cause = c.Cause, subject = c.Subject, evidence = c.Evidence };
}
