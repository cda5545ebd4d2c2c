using Kendt.Govern;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Activate;

/// <summary>A destination that is told when people enter and leave a segment, or when profiles change.</summary>
/// <param name="Segment">Null for changes of profiles.</param>
/// <param name="Cursor">What was told up to here.</param>
/// <param name="Note">Why it stands still; empty while it does not.</param>
public sealed record Subscription(string Name, string Destination, string Purpose, string? Segment, string Cursor, string Note, DateTimeOffset CreatedAt)
{
    internal const string Actors = "subscription:";

    /// <summary>How it is named in permits and deliveries.</summary>
    public string Actor => Actors + Name;
}

/// <summary>The workspace's subscriptions. What they tell goes the way of every delivery: permit, outbox, destination.</summary>
public sealed class Subscriptions(Stores stores, Destinations destinations, Purposes purposes, TimeProvider time)
{
    private static readonly Sql Columns = Sql.Of($"name, destination, purpose, segment, cursor, note, created_at");

    private readonly Audit _audit = new(stores, time);

    /// <summary>By name.</summary>
    public Task<List<Subscription>> ListAsync(CancellationToken cancel) => stores.Ledger.ReadAsync(session => session.ListAsync(
        Sql.Of($"select {Columns} from subscription order by name"), Read, cancel), cancel);

    /// <summary>Makes a subscription or changes it. One that goes on telling the same goes on where it was.</summary>
    /// <param name="from">Where a new one begins.</param>
    /// <exception cref="BadInputException">The name cannot be one, or destination or purpose are unknown; all faults at once.</exception>
    public async Task PutAsync(string name, string destination, string purpose, string? segment, string from, string actor, CancellationToken cancel)
    {
        var faults = new List<string>();
        if (name.Length is 0 or > 60 || !char.IsAsciiLetterLower(name[0]) || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_'))
            faults.Add("name has to begin with a lower-case letter and have at most 60 lower-case letters, digits, '-' and '_'.");
        if (await destinations.FindAsync(destination, cancel) is not { } found) faults.Add(Destinations.Unknown(destination).Message);
        else if (!destinations.TakesBatches(found)) faults.Add($"destination '{destination}' is a file, which is written once; choose one that takes one change after another, as a webhook does.");
        var known = await purposes.ListAsync(cancel);
        if (known.All(p => p.Name != purpose)) faults.Add($"purpose '{purpose}' is unknown; choose of {string.Join(", ", known.Select(p => p.Name))}.");
        if (faults.Count > 0) throw new BadInputException(string.Join(Environment.NewLine, faults));
        await stores.Ledger.WriteAsync(async session =>
        {
            session.Changes();
            var before = await session.FirstAsync(Sql.Of($"select {Columns} from subscription where name = {name}"), row => (Subscription?)Read(row), cancel);
            var cursor = before is not null && before.Segment == segment ? before.Cursor : from;
            await session.ExecuteAsync(Sql.Of($"""
                insert into subscription ({Columns}) values ({name}, {destination}, {purpose}, {segment ?? ""}, {cursor}, '', {time.GetUtcNow()})
                on conflict (name) do update set destination = excluded.destination, purpose = excluded.purpose, segment = excluded.segment, cursor = excluded.cursor, note = ''
                """), cancel);
            await _audit.WriteAsync(session, actor, before is null ? "subscription.added" : "subscription.changed", name, $"{segment ?? "profiles"} to {destination} for {purpose}", cancel);
        }, cancel);
    }

    /// <summary>What it had put into the outbox is still sent.</summary>
    /// <exception cref="BadInputException">There is no such subscription.</exception>
    public Task RemoveAsync(string name, string actor, CancellationToken cancel) => stores.Ledger.WriteAsync(async session =>
    {
        session.Changes();
        if (await session.ExecuteAsync(Sql.Of($"delete from subscription where name = {name}"), cancel) == 0) throw new BadInputException($"subscription '{name}' is unknown; list them to see which there are.");
        await _audit.WriteAsync(session, actor, "subscription.removed", name, "", cancel);
    }, cancel);

    /// <summary>Says why a subscription stands still, or that it does not any more.</summary>
    public async Task NoteAsync(Subscription subscription, string note, CancellationToken cancel)
    {
        if (subscription.Note == note) return;
        await stores.Ledger.WriteAsync(session =>
        {
            session.Changes();
            return session.ExecuteAsync(Sql.Of($"update subscription set note = {note} where name = {subscription.Name}"), cancel);
        }, cancel);
    }

    internal static async Task<bool> MoveAsync(Session session, Subscription from, string cursor, CancellationToken cancel) => await session.ExecuteAsync(Sql.Of($"""
        update subscription set cursor = {cursor}, note = '' where name = {from.Name} and cursor = {from.Cursor} and destination = {from.Destination} and purpose = {from.Purpose} and segment = {from.Segment ?? ""}
        """), cancel) > 0;

    private static Subscription Read(Row row) => new(row.Text(0), row.Text(1), row.Text(2), row.Text(3) is { Length: > 0 } segment ? segment : null, row.Text(4), row.Text(5), row.Time(6));
}
