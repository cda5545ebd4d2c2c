using Kendt.Govern;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Activate;

/// <summary>
/// Takes due items in batches, asks for consent again, sends, and records what became of each. An item that is being sent
/// is leased: its <c>due_at</c> is the lease's end, and who finishes must still hold that lease. Items of one batch are
/// due at one time and taken in the order of their profiles, so that a batch sent again after a crash is the same batch.
/// </summary>
internal sealed class Sender(Stores stores, Permits permits, Destinations destinations, TimeProvider time, DeliveryOptions options)
{
    public const string Withdrawn = "consent withdrawn", Removed = "the destination was removed";

    private bool _recovered;

    public async Task<int> RunDueAsync(CancellationToken cancel)
    {
        await RecoverAsync(cancel);
        var tried = 0;
        while (await NextAsync(cancel) is { } due)
        {
            await TryAsync(due, cancel);
            tried++;
        }
        return tried;
    }

    // An embedded ledger has one process: what an earlier one was sending is free. Elsewhere the lease decides.
    private async Task RecoverAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var all = !_recovered && stores.Ledger.Dialect.HasOneWriter;
        await stores.Ledger.WriteAsync(session =>
        {
            session.Changes();
            return session.ExecuteAsync(Sql.Of($"update outbox set state = 'waiting', due_at = {now} where state = 'sending' and {(all ? Sql.And() : Sql.Of($"due_at <= {now}"))}"), cancel);
        }, cancel);
        _recovered = true;
    }

    private Task<Due?> NextAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        return stores.Ledger.ReadAsync(session => session.FirstAsync(Sql.Of($"""
            select o.delivery_id, o.due_at, d.destination, d.purpose from outbox o join delivery d on d.delivery_id = o.delivery_id
            where o.state = 'waiting' and o.due_at <= {now} order by o.due_at, o.delivery_id limit 1
            """), row => (Due?)new Due(new(row.Guid(0)), row.Time(1), row.Text(2), row.Text(3)), cancel), cancel);
    }

    private async Task TryAsync(Due due, CancellationToken cancel)
    {
        (IDestination Destination, DestinationSettings Settings)? open;
        try
        {
            open = await destinations.OpenAsync(due.Destination, cancel);
        }
        catch (CannotException fault)
        {
            await HoldAsync(due, fault.Message, cancel);
            return;
        }
        if (open is not var (destination, settings))
        {
            await RefuseWaitingAsync(due, cancel);
            return;
        }
        var lease = time.GetUtcNow() + options.Lease;
        var items = await TakeAsync(due, lease, destination.BatchSizeOf(settings), cancel);
        if (items.Count == 0) return; // another process took them
        IReadOnlyList<SendResult> results;
        try
        {
            results = await SendAsync(due, destination, settings, items, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // A graceful stop: whoever comes next need not wait for the lease. It may have arrived; the key tells the receiver.
            await stores.Ledger.WriteAsync(session => session.ExecuteAsync(
                Sql.Of($"update outbox set state = 'waiting', due_at = {time.GetUtcNow()} where delivery_id = {due.Delivery} and state = 'sending' and due_at = {lease}"), CancellationToken.None), CancellationToken.None);
            throw;
        }
        catch (Exception fault)
        {
            // A destination that breaks must not be tried for ever: it counts as a try, and the fault is told.
            var failed = new SendResult.RetryAfter(null, $"a fault in the destination ({fault.GetType().Name})");
            await RecordAsync(due, lease, items, [.. items.Select(_ => failed)], cancel);
            throw;
        }
        await RecordAsync(due, lease, items, results, cancel);
    }

    private async Task<IReadOnlyList<OutboxItem>> TakeAsync(Due due, DateTimeOffset lease, int? most, CancellationToken cancel)
    {
        var which = most is { } size
            ? Sql.Of($"""
                due_at = {due.At} and profile_id in (
                    select profile_id from outbox where delivery_id = {due.Delivery} and state = 'waiting' and due_at = {due.At} order by profile_id limit {(long)size})
                """)
            : Sql.And();
        var items = await stores.Ledger.WriteAsync(session =>
        {
            session.Changes();
            return session.ListAsync(Sql.Of($"""
                update outbox set state = 'sending', due_at = {lease}, attempts = attempts + 1
                where delivery_id = {due.Delivery} and state = 'waiting' and {which} returning profile_id, payload, attempts
                """), row => new OutboxItem(due.Delivery, row.ProfileId(0), row.Text(1), row.Int(2)), cancel);
        }, cancel);
        return [.. items.OrderBy(item => item.Profile)];
    }

    private async Task<IReadOnlyList<SendResult>> SendAsync(Due due, IDestination destination, DestinationSettings settings, IReadOnlyList<OutboxItem> items, CancellationToken cancel)
    {
        var answer = await permits.AskAsync(
            new() { Purpose = due.Purpose, Use = Use.Send, What = $"sending of delivery {due.Delivery}", Actor = "outbox" }, [.. items.Select(i => i.Profile)], cancel);
        var results = items.ToDictionary(item => item.Profile, _ => (SendResult)new SendResult.Refused(Withdrawn));
        if (answer.Granted > 0)
        {
            var byProfile = items.ToDictionary(item => item.Profile);
            var permit = answer.Permit.Select(people => (IReadOnlyList<OutboxItem>)[.. people.Select(person => byProfile[person])]);
            var allowed = permit.Value;
            var sent = await destination.SendAsync(settings, permit, cancel);
            if (sent.Count != answer.Granted) throw new InvalidOperationException($"Destination kind '{destination.Kind}' gave {sent.Count} results for {answer.Granted} items.");
            foreach (var (item, result) in allowed.Zip(sent)) results[item.Profile] = result;
        }
        return [.. items.Select(item => results[item.Profile])];
    }

    private Task RecordAsync(Due due, DateTimeOffset lease, IReadOnlyList<OutboxItem> items, IReadOnlyList<SendResult> results, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var outcomes = items.Zip(results, (item, result) => (item.Profile, Outcome: OutcomeOf(result, item.Attempt, now))).GroupBy(o => o.Outcome, o => o.Profile).ToArray();
        return stores.Ledger.WriteAsync(async session =>
        {
            session.Changes();
            long delivered = 0, refused = 0;
            foreach (var group in outcomes)
            {
                var (state, dueAt, answer) = group.Key;
                // What is no longer to be sent is no longer kept.
                var payload = state is ItemState.Delivered or ItemState.Refused ? Sql.Of($"payload = {Payload.Empty},") : Sql.Empty;
                foreach (var chunk in group.Chunk(500))
                {
                    var changed = await session.ExecuteAsync(Sql.Of($"""
                        update outbox set {payload} state = {state}, due_at = {dueAt}, answer = {answer}
                        where delivery_id = {due.Delivery} and state = 'sending' and due_at = {lease}
                        and profile_id in ({Sql.Rows(chunk.Select(id => new object?[] { id }))})
                        """), cancel);
                    if (state is ItemState.Delivered) delivered += changed;
                    if (state is ItemState.Refused) refused += changed;
                }
            }
            await CountAsync(session, due, delivered, refused, now, cancel);
            if (results.OfType<SendResult.Reauthorise>().FirstOrDefault() is { } locked) await HoldAsync(session, due, locked.Reason, cancel);
            else if (outcomes.All(o => o.Key.State is ItemState.Waiting)) await PutOffAsync(session, due, outcomes.Max(o => o.Key.DueAt), cancel);
        }, cancel);
    }

    private (ItemState State, DateTimeOffset DueAt, string Answer) OutcomeOf(SendResult result, int attempt, DateTimeOffset now) => result switch
    {
        SendResult.Delivered => (ItemState.Delivered, now, ""),
        SendResult.Refused(var reason) => (ItemState.Refused, now, reason),
        SendResult.Reauthorise(var reason) => (ItemState.Held, now, reason),
        SendResult.RetryAfter(_, var reason) when attempt >= options.MostAttempts => (ItemState.Refused, now, $"given up after {attempt} tries: {reason}"),
        SendResult.RetryAfter(var wait, var reason) => (ItemState.Waiting, now + (wait is { } asked ? options.Asked(asked) : options.WaitAfter(attempt)), reason),
        _ => throw new InvalidOperationException($"{result.GetType().Name} is no result of sending."),
    };

    // Where a whole batch was put off, the others to the same destination would be too.
    private static Task<int> PutOffAsync(Session session, Due due, DateTimeOffset until, CancellationToken cancel) => session.ExecuteAsync(Sql.Of($"""
        update outbox set due_at = {until} where state = 'waiting' and due_at < {until}
        and delivery_id in (select delivery_id from delivery where destination = {due.Destination} and state = 'running')
        """), cancel);

    private static async Task CountAsync(Session session, Due due, long delivered, long refused, DateTimeOffset now, CancellationToken cancel)
    {
        await session.ExecuteAsync(Sql.Of($"update delivery set delivered = delivered + {delivered}, refused = refused + {refused} where delivery_id = {due.Delivery}"), cancel);
        await session.ExecuteAsync(Sql.Of($"""
            update delivery set state = 'done', ended_at = {now} where delivery_id = {due.Delivery} and state <> 'done' and delivered + refused >= permitted
            """), cancel);
    }

    private Task HoldAsync(Due due, string reason, CancellationToken cancel) => stores.Ledger.WriteAsync(session => HoldAsync(session, due, reason, cancel), cancel);

    private static async Task HoldAsync(Session session, Due due, string reason, CancellationToken cancel)
    {
        await session.ExecuteAsync(Sql.Of($"update outbox set state = 'held', answer = {reason} where delivery_id = {due.Delivery} and state = 'waiting'"), cancel);
        await session.ExecuteAsync(Sql.Of($"update delivery set state = 'held', note = {reason} where delivery_id = {due.Delivery} and state = 'running'"), cancel);
    }

    private Task RefuseWaitingAsync(Due due, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        return stores.Ledger.WriteAsync(async session =>
        {
            var refused = await session.ExecuteAsync(Sql.Of($"""
                update outbox set state = 'refused', answer = {Removed}, payload = {Payload.Empty} where delivery_id = {due.Delivery} and state = 'waiting'
                """), cancel);
            await CountAsync(session, due, 0, refused, now, cancel);
        }, cancel);
    }

    /// <summary>A delivery that has items due, and when they were.</summary>
    private sealed record Due(DeliveryId Delivery, DateTimeOffset At, string Destination, string Purpose);
}
