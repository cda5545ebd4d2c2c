using System.Text;
using System.Text.Json;
using Kendt.Profiles;
using Kendt.Server.Host;

namespace Kendt.Server.Api;

/// <summary>Profiles that changed, as server-sent events: an event's id is where to go on (<c>Last-Event-ID</c>, which browsers send by themselves).</summary>
internal static class ProfileChanges
{
    private const int Page = 500;

    private static readonly TimeSpan Breath = TimeSpan.FromSeconds(15);

    public static async Task StreamAsync(HttpContext context, string? after, ProfileFeed feed, Pulse pulse, IHostApplicationLifetime life)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, life.ApplicationStopping);
        var resumed = context.Request.Headers["Last-Event-ID"].ToString();
        var cursor = resumed.Length > 0 ? resumed : after == "beginning" ? null : string.IsNullOrEmpty(after) ? feed.Now : after;
        var changes = await feed.ReadAsync(cursor, Page, ends.Token); // a wrong cursor is answered before the first byte
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        try
        {
            await context.Response.WriteAsync(": profiles that changed\n\n", ends.Token);
            while (true)
            {
                foreach (var change in changes)
                {
                    cursor = change.Cursor;
                    await context.Response.WriteAsync($"id: {change.Cursor}\nevent: profile\ndata: {JsonSerializer.Serialize(new { id = change.Profile.ToString(), at = change.At })}\n\n", ends.Token);
                }
                await context.Response.Body.FlushAsync(ends.Token);
                if (changes.Count == 0)
                {
                    await pulse.NextAsync(Breath, ends.Token);
                    await context.Response.Body.WriteAsync(Encoding.ASCII.GetBytes(": \n\n"), ends.Token);
                }
                changes = await feed.ReadAsync(cursor, Page, ends.Token);
            }
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            return; // whoever listened went away, or the server ends
        }
    }
}
