using System.Globalization;
using System.Text.Json;
using Kendt.Activate;
using Kendt.Model;
using Kendt.Profiles;
using Kendt.Segments;
using Kendt.Server.Host;

namespace Kendt.Server.Jobs;

/// <summary>Tells subscriptions what has happened: Segments and Profiles say what, Govern who may be told of, Activate sends.</summary>
public sealed class Telling(Subscriptions subscriptions, Deliveries deliveries, Membership membership, ProfileFeed feed, SegmentDelivery people)
{
    private const int Page = 500;

    // While a destination is away, no more than this is put into its outbox; the subscription waits where it is.
    private const long MostWaiting = 50_000;

    /// <summary>Where a subscription that is made now begins.</summary>
    public async Task<string> NowAsync(string? segment, CancellationToken cancel) => segment is null ? feed.Now : (await membership.LastAsync(cancel)).ToString(CultureInfo.InvariantCulture);

    /// <summary>A page of each subscription.</summary>
    /// <returns>Whether there is more at once.</returns>
    public async Task<bool> StepAsync(CancellationToken cancel)
    {
        var more = false;
        foreach (var subscription in await subscriptions.ListAsync(cancel))
        {
            try
            {
                more |= await TellAsync(subscription, cancel);
            }
            catch (BadInputException fault)
            {
                await subscriptions.NoteAsync(subscription, fault.Message, cancel);
            }
        }
        return more;
    }

    private async Task<bool> TellAsync(Subscription subscription, CancellationToken cancel)
    {
        var news = subscription.Segment is { } segment
            ? (await membership.ChangesAsync(segment, long.Parse(subscription.Cursor, CultureInfo.InvariantCulture), Page, cancel)).Select(c => (c.Profile, Cursor: c.Seq.ToString(CultureInfo.InvariantCulture),
                Change: JsonSerializer.Serialize(new { seq = c.Seq, segment = c.Segment, change = c.Entered ? "entered" : "left", at = c.At, cause = c.Cause, subject = c.Subject }))).ToList()
            : (await feed.ReadAsync(subscription.Cursor, Page, cancel)).Select(c => (c.Profile, c.Cursor, Change: JsonSerializer.Serialize(new { change = "profile", at = c.At }))).ToList();
        if (news.Count == 0) return false;
        if (await deliveries.WaitingAsync(subscription, cancel) >= MostWaiting)
        {
            await subscriptions.NoteAsync(subscription, $"{MostWaiting.ToString("N0", CultureInfo.InvariantCulture)} changes wait for '{subscription.Destination}'; it goes on when they were taken.", cancel);
            return false;
        }
        // Somebody who enters and leaves again is told of in two deliveries, one after the other.
        var told = new Dictionary<ProfileId, string>();
        var upTo = news.TakeWhile(n => told.TryAdd(n.Profile, n.Change)).Last();
        await deliveries.TellAsync(subscription, told, upTo.Cursor, people.PayloadsAsync, cancel);
        return told.Count < news.Count || news.Count == Page;
    }
}

/// <summary>Tells subscriptions for as long as the host runs, and once a day lets go of what was told long ago.</summary>
internal sealed partial class TellingWorker(Telling telling, Deliveries deliveries, Pulse pulse, TimeProvider time, ILogger<TellingWorker> log) : BackgroundService
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2), AfterFault = TimeSpan.FromSeconds(10), Kept = TimeSpan.FromDays(7);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var tidied = DateTimeOffset.MinValue; !stoppingToken.IsCancellationRequested;)
        {
            try
            {
                if (time.GetUtcNow() - tidied > TimeSpan.FromDays(1))
                {
                    await deliveries.TidyAsync(time.GetUtcNow() - Kept, stoppingToken);
                    tidied = time.GetUtcNow();
                }
                if (!await telling.StepAsync(stoppingToken)) await pulse.NextAsync(Longest, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                Failed(log, fault);
                await Task.Delay(AfterFault, time, stoppingToken).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "Subscriptions could not be told; it is tried again")]
    private static partial void Failed(ILogger log, Exception fault);
}
