using Kendt.Model;
using Kendt.Model.Merging;
using Kendt.Store;

namespace Kendt.Unify.Merging;

/// <summary>
/// Puts a policy into force. Nothing that was said is rewritten: documents, log and facts keep every word, and all who read go by the policy.
/// So it costs what it changes: first the ledger, from which profiles are read, then the warehouse, then the profiles that show something
/// else now are marked as changed, so that whoever follows changes sees them. A killed process goes on where it was.
/// </summary>
public sealed class MergeSwitch(Stores stores, TimeProvider time)
{
    private const string Name = "merging";
    private const int AtOnce = 5_000;

    /// <summary>Begins to put a policy into force; one that holds already changes nothing.</summary>
    /// <returns>Whether there is something to do, of this policy or of one that was cut off.</returns>
    public Task<bool> BeginAsync(MergePolicy policy, CancellationToken cancel) => stores.Ledger.WriteAsync(async ledger =>
    {
        await ledger.LockAsync(Name, cancel);
        var (held, before) = await ledger.FirstAsync(Sql.Of($"select policy, before from merge_policy where name = {Name}"), r => (Held: r.Text(0), Before: r.TextOrNull(1)), cancel);
        var (now, next) = (held ?? MergePolicy.MostRecent.Write(), policy.Write());
        if (now == next) return before is not null;
        ledger.ChangesAnybody();
        // What a switch that was cut off had not marked yet counts from what was shown before it.
        await ledger.ExecuteAsync(Sql.Of($"""
            insert into merge_policy (name, policy, before) values ({Name}, {next}, {before ?? now})
            on conflict (name) do update set policy = excluded.policy, before = excluded.before, touched = null
            """), cancel);
        return true;
    }, cancel);

    /// <summary>Goes on until all is done.</summary>
    /// <param name="mark">Marks profiles as changed, in the ledger's transaction.</param>
    public async Task RunAsync(Func<Session, IReadOnlyList<ProfileId>, Task> mark, Action<long> progress, CancellationToken cancel)
    {
        var row = await stores.Ledger.ReadAsync(s => s.FirstAsync(Sql.Of($"select policy, before, touched from merge_policy where name = {Name} and before is not null"),
            r => (Now: r.Text(0), Before: r.TextOrNull(1), Touched: r.ProfileIdOrNull(2)), cancel), cancel);
        if (row.Before is null) return;
        var (before, now, touched, done) = (MergePolicy.Read(row.Before), MergePolicy.Read(row.Now), row.Touched, 0L);
        await stores.Warehouse.WriteAsync(s => WriteWarehouseAsync(s, now, cancel), cancel);
        var names = before.Differences(now);
        if (names.Count > 0)
        {
            var some = new List<ProfileId>(AtOnce);
            await foreach (var id in stores.Warehouse.StreamAsync(Sql.Of($"""
                select distinct profile_id from ({MergeSql.Differences(names, time.GetUtcNow(), MergeTables.Of(before), MergeTables.Of(now))}) as changed
                where profile_id > {touched ?? default} order by profile_id
                """), r => r.ProfileId(0), cancel))
            {
                some.Add(id);
                if (some.Count == AtOnce) await MarkAsync();
            }
            await MarkAsync();

            async Task MarkAsync()
            {
                if (some.Count == 0) return;
                await stores.Ledger.WriteAsync(async ledger =>
                {
                    await mark(ledger, some);
                    await ledger.ExecuteAsync(Sql.Of($"update merge_policy set touched = {some[^1]} where name = {Name}"), cancel);
                }, cancel);
                progress(done += some.Count);
                some.Clear();
            }
        }
        await stores.Ledger.WriteAsync(s => s.ExecuteAsync(Sql.Of($"update merge_policy set before = null, touched = null where name = {Name} and policy = {row.Now}"), cancel), cancel);
    }

    /// <summary>The policy as the warehouse has it.</summary>
    public static async Task WriteWarehouseAsync(Session warehouse, MergePolicy policy, CancellationToken cancel)
    {
        await warehouse.ExecuteAsync(Sql.Of($"delete from merge_rule"), cancel);
        await warehouse.ExecuteAsync(Sql.Of($"delete from merge_rank"), cancel);
        await warehouse.LoadAsync("merge_rule", ["name", "shown", "unit", "way", "ranks", "place"], policy.Rules.Select(r => new object?[] { r.Name, r.Shown, r.Unit, MergeSql.Word(r.Way), r.Ranks, r.Place }), cancel);
        await warehouse.LoadAsync("merge_rank", ["ranks", "source", "place"], policy.Ranks.Select(r => new object?[] { r.Ranks, r.Source, r.Place }), cancel);
    }
}
