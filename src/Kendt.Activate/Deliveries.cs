using System.Text.Json;
using System.Threading.Channels;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Activate;

/// <summary>
/// Brings members of segments to destinations. A delivery is started in one ledger transaction together with its items;
/// from then on it survives any crash. Each item is sent at least once, under a key by which the receiver can see a second
/// time, and only if the person's consent still holds at that moment.
/// </summary>
public sealed class Deliveries(Stores stores, Permits permits, Destinations destinations, TimeProvider time, DeliveryOptions? options = null) : IDisposable
{
    /// <summary>Why a person who may be sent is not: the payloads had nothing of them.</summary>
    public const string NothingToSend = "nothing to send";

    private const int PayloadsAtOnce = 1000;

    private readonly Audit _audit = new(stores, time);
    private readonly Sender _sender = new(stores, permits, destinations, time, options ?? new());
    private readonly SemaphoreSlim _running = new(1, 1);
    private readonly Channel<bool> _work = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private static readonly Sql Columns = Sql.Of($"""
        delivery_id, destination, segment, purpose, state, asked, permitted, delivered, refused, withheld, note, permit_id, actor, created_at, ended_at
        """);

    /// <summary>
    /// Asks for a permit, gathers what is to be sent of those granted, and writes all of it at once. Nothing is sent yet:
    /// <see cref="RunDueAsync"/> or the <see cref="Outbox"/> does.
    /// </summary>
    /// <param name="payloads">A JSON object for each of the given people of whom there is something to send; called with up to 1,000 people at a time.</param>
    /// <exception cref="BadInputException">The destination or the purpose is unknown.</exception>
    public async Task<Delivery> StartAsync(string destination, string segmentName, string purpose, IReadOnlyList<ProfileId> members,
        Func<IReadOnlyList<ProfileId>, CancellationToken, Task<IReadOnlyDictionary<ProfileId, string>>> payloads, string actor, CancellationToken cancel)
    {
        var request = new PermitRequest { Purpose = purpose, Use = Use.Send, What = $"delivery of segment '{segmentName}' to '{destination}'", Actor = actor };
        var (answer, items) = await AskAsync(destination, request, members, payloads, cancel);
        var withheld = answer.RefusedByReason.ToDictionary(r => r.Key, r => (long)r.Value, StringComparer.Ordinal);
        if (answer.Granted > items.Count) withheld[NothingToSend] = answer.Granted - items.Count;
        var now = time.GetUtcNow();
        var empty = items.Count == 0;
        var delivery = new Delivery(DeliveryId.New(time), destination, segmentName, purpose, empty ? DeliveryState.Done : DeliveryState.Running,
            answer.Asked, items.Count, 0, 0, withheld, empty ? "nobody could be sent" : "", answer.Permit.Id, actor, now, empty ? now : null);
        await stores.Ledger.WriteAsync(async session =>
        {
            await InsertAsync(session, delivery, items, cancel);
            await _audit.WriteAsync(session, actor, "delivery.started", delivery.Id.ToString(),
                $"segment '{segmentName}' to '{destination}' for {purpose}: {items.Count} of {answer.Asked} people", cancel);
        }, cancel);
        _work.Writer.TryWrite(true);
        return delivery;
    }

    /// <summary>
    /// Puts what there is to tell a subscription's destination into the outbox and moves the subscription on, both in one
    /// transaction: whatever ends the process, each change is told once. Those who have not allowed the purpose are left out.
    /// </summary>
    /// <param name="changes">What changed, as a JSON object; a person once.</param>
    /// <param name="cursor">Where the subscription goes on.</param>
    /// <returns>False if the subscription was changed or moved on by another meanwhile; then nothing was written.</returns>
    /// <exception cref="BadInputException">The destination or the purpose is unknown.</exception>
    public async Task<bool> TellAsync(Subscription subscription, IReadOnlyDictionary<ProfileId, string> changes, string cursor,
        Func<IReadOnlyList<ProfileId>, CancellationToken, Task<IReadOnlyDictionary<ProfileId, string>>> payloads, CancellationToken cancel)
    {
        var request = new PermitRequest { Purpose = subscription.Purpose, Use = Use.Send, What = $"subscription '{subscription.Name}' to '{subscription.Destination}'", Actor = subscription.Actor };
        var (answer, items) = await AskAsync(subscription.Destination, request, [.. changes.Keys], payloads, cancel);
        var now = time.GetUtcNow();
        var delivery = new Delivery(DeliveryId.New(time), subscription.Destination, subscription.Segment ?? "", subscription.Purpose, DeliveryState.Running, answer.Asked, items.Count, 0, 0,
            answer.RefusedByReason.ToDictionary(r => r.Key, r => (long)r.Value, StringComparer.Ordinal), "", answer.Permit.Id, subscription.Actor, now, null);
        var told = await stores.Ledger.WriteAsync(async session =>
        {
            session.Changes();
            if (!await Subscriptions.MoveAsync(session, subscription, cursor, cancel)) return false;
            if (items.Count > 0) await InsertAsync(session, delivery, [.. items.Select(i => (i.Profile, Payload.With(i.Payload, "change", changes[i.Profile])))], cancel);
            return true;
        }, cancel);
        if (items.Count > 0) _work.Writer.TryWrite(true);
        return told;
    }

    /// <summary>Lets go of what subscriptions had told before a moment and is done.</summary>
    public Task<int> TidyAsync(DateTimeOffset before, CancellationToken cancel) => stores.Ledger.WriteAsync(async session =>
    {
        session.Changes();
        var old = Sql.Of($"select delivery_id from delivery where actor like {Subscription.Actors + "%"} and state = 'done' and ended_at < {before}");
        await session.ExecuteAsync(Sql.Of($"delete from outbox where delivery_id in ({old})"), cancel);
        return await session.ExecuteAsync(Sql.Of($"delete from delivery where delivery_id in ({old})"), cancel);
    }, cancel);

    /// <summary>How many items of a subscription wait to be sent.</summary>
    public Task<long> WaitingAsync(Subscription subscription, CancellationToken cancel) => stores.Ledger.ReadAsync(session => session.CountAsync(
        Sql.Of($"select coalesce(sum(permitted - delivered - refused), 0) from delivery where actor = {subscription.Actor} and state <> 'done'"), cancel), cancel);

    /// <summary>Sends all that is due now; one call at a time, another one waits.</summary>
    /// <returns>How many batches were tried.</returns>
    public async Task<int> RunDueAsync(CancellationToken cancel)
    {
        await _running.WaitAsync(cancel);
        try
        {
            return await _sender.RunDueAsync(cancel);
        }
        finally
        {
            _running.Release();
        }
    }

    /// <summary>When something is due next; null if nothing waits.</summary>
    public Task<DateTimeOffset?> NextDueAsync(CancellationToken cancel) => stores.Ledger.ReadAsync(session => session.FirstAsync(
        Sql.Of($"select min(due_at) from outbox where state in ('waiting', 'sending')"), row => row.TimeOrNull(0), cancel), cancel);

    /// <summary>The newest first.</summary>
    public Task<List<Delivery>> ListAsync(int take, CancellationToken cancel) => ListAsync(0, take, cancel);

    /// <summary>The newest first, after those to skip.</summary>
    public Task<List<Delivery>> ListAsync(int skip, int take, CancellationToken cancel) => stores.Ledger.ReadAsync(session => session.ListAsync(
        Sql.Of($"select {Columns} from delivery order by created_at desc, delivery_id desc limit {(long)take} offset {(long)skip}"), Read, cancel), cancel);

    public Task<DeliveryDetail?> FindAsync(DeliveryId id, CancellationToken cancel) => stores.Ledger.ReadAsync(async session =>
    {
        if (await session.FirstAsync(Sql.Of($"select {Columns} from delivery where delivery_id = {id}"), row => (Delivery?)Read(row), cancel) is not { } delivery) return null;
        var items = await session.ListAsync(
            Sql.Of($"select state, answer, count(*) from outbox where delivery_id = {id} group by state, answer order by state, answer"),
            row => (Enum.Parse<ItemState>(row.Text(0), ignoreCase: true), row.Text(1), row.Long(2)), cancel);
        var next = await session.FirstAsync(
            Sql.Of($"select min(due_at) from outbox where delivery_id = {id} and state in ('waiting', 'sending')"), row => row.TimeOrNull(0), cancel);
        return (DeliveryDetail?)new DeliveryDetail(delivery, items, next);
    }, cancel);

    /// <summary>Lets the held deliveries to a destination go on, after a person has mended what held them.</summary>
    /// <returns>How many deliveries go on.</returns>
    public async Task<int> ResumeAsync(string destination, string actor, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var resumed = await stores.Ledger.WriteAsync(async session =>
        {
            await session.ExecuteAsync(Sql.Of($"""
                update outbox set state = 'waiting', due_at = {now}, attempts = 0 where state = 'held'
                and delivery_id in (select delivery_id from delivery where destination = {destination} and state = 'held')
                """), cancel);
            var deliveries = await session.ExecuteAsync(Sql.Of($"update delivery set state = 'running', note = '' where destination = {destination} and state = 'held'"), cancel);
            if (deliveries > 0) await _audit.WriteAsync(session, actor, "delivery.resumed", destination, $"{deliveries} deliveries", cancel);
            return deliveries;
        }, cancel);
        if (resumed > 0) _work.Writer.TryWrite(true);
        return resumed;
    }

    public void Dispose() => _running.Dispose();

    /// <summary>Waits until something was started or resumed here, or <paramref name="longest"/> has passed.</summary>
    internal async Task WaitForWorkAsync(TimeSpan longest, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await Task.WhenAny(_work.Reader.WaitToReadAsync(stop.Token).AsTask(), Task.Delay(longest, time, stop.Token));
        await stop.CancelAsync();
        _work.Reader.TryRead(out _);
    }

    private async Task<(PermitAnswer Answer, List<(ProfileId Profile, string Payload)> Items)> AskAsync(string destination, PermitRequest request, IReadOnlyList<ProfileId> people,
        Func<IReadOnlyList<ProfileId>, CancellationToken, Task<IReadOnlyDictionary<ProfileId, string>>> payloads, CancellationToken cancel)
    {
        var (_, settings) = await destinations.OpenAsync(destination, cancel) ?? throw Destinations.Unknown(destination);
        var fields = settings.List(DestinationSettings.Fields);
        var answer = await permits.AskAsync(request, people, cancel);
        var items = new List<(ProfileId Profile, string Payload)>(answer.Granted);
        foreach (var chunk in answer.Permit.Value.Chunk(PayloadsAtOnce))
        {
            var made = await payloads(chunk, cancel);
            foreach (var person in chunk)
            {
                if (made.TryGetValue(person, out var payload)) items.Add((person, Payload.Only(payload, fields)));
            }
        }
        return (answer, items);
    }

    private static async Task InsertAsync(Session session, Delivery d, IReadOnlyList<(ProfileId Profile, string Payload)> items, CancellationToken cancel)
    {
        await session.ExecuteAsync(Sql.Of($"""
            insert into delivery ({Columns}) values ({d.Id}, {d.Destination}, {d.Segment}, {d.Purpose}, {d.State}, {d.Asked}, {d.Permitted}, {d.Delivered}, {d.Refused},
                {JsonSerializer.Serialize(d.Withheld)}, {d.Note}, {d.PermitId}, {d.Actor}, {d.CreatedAt}, {d.EndedAt})
            """), cancel);
        await session.LoadAsync("outbox", ["delivery_id", "profile_id", "payload", "state", "attempts", "due_at", "answer"],
            items.Select(item => new object?[] { d.Id, item.Profile, item.Payload, ItemState.Waiting, 0L, d.CreatedAt, "" }), cancel);
    }

    private static Delivery Read(Row row) => new(
        new(row.Guid(0)), row.Text(1), row.Text(2), row.Text(3), Enum.Parse<DeliveryState>(row.Text(4), ignoreCase: true),
        row.Long(5), row.Long(6), row.Long(7), row.Long(8), JsonSerializer.Deserialize<Dictionary<string, long>>(row.Text(9)) ?? [],
        row.Text(10), row.Guid(11), row.Text(12), row.Time(13), row.TimeOrNull(14));
}
