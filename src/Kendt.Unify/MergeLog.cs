using Kendt.Store;

namespace Kendt.Unify;

/// <summary>Brings the ledger's merges to the warehouse, where the views resolve ids by them. Continues from its own offset.</summary>
public static class MergeLog
{
    private static readonly string[] Columns = ["seq", "profile_id", "survivor_id", "merged_at"];

    /// <summary>Works within the caller's warehouse transaction; reads what the ledger has committed.</summary>
    /// <returns>How many rows were new.</returns>
    public static async Task<int> CopyAsync(Engine ledger, Session warehouse, CancellationToken cancel)
    {
        await warehouse.LockAsync("merges", cancel);
        var after = await Projection.ReadAsync(warehouse, "merges", cancel);
        var rows = await ledger.ReadAsync(s => s.ListAsync(
            Sql.Of($"select seq, profile_id, survivor_id, merged_at from merge_log where seq > {after} order by seq"),
            r => new object?[] { r.Long(0), r.Guid(1), r.Guid(2), r.Time(3) }, cancel), cancel);
        if (rows.Count == 0) return 0;
        await warehouse.LoadAsync("profile_merge", Columns, rows, cancel);
        await Projection.WriteAsync(warehouse, "merges", (long)rows[^1][0]!, cancel);
        return rows.Count;
    }
}
