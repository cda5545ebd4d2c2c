using System.Text.Json;
using Kendt.Store;

namespace Kendt.Unify.Batch;

/// <summary>Writes a plan into the ledger in pieces, so that nobody waits for all of it. It is there when the run says so.</summary>
internal sealed class PlanWriter(Stores stores, TimeProvider time)
{
    private const int Piece = 20_000;

    private static readonly string[] ChangeColumns = ["run_id", "place", "kind", "profiles", "units", "weight", "alarm"];
    private static readonly string[] LinkColumns = ["run_id", "place", "number", "action", "left_type", "left_value", "right_type", "right_value", "rule", "weight", "detail"];
    /// <summary>The columns of a pair, in order.</summary>
    public static readonly string[] PairColumns = ["run_id", "number", "kind", "left_type", "left_value", "right_type", "right_value", "bits", "detail"];

    public async Task WriteAsync(Guid run, Plan plan, IReadOnlyList<PickedPair> pairs, MatchSummary summary, MatchBasis basis, CancellationToken cancel)
    {
        await stores.Ledger.WriteAsync(s => MatchRuns.ClearAsync(s, run, cancel), cancel); // what a run that was cut off had written
        await LoadAsync("match_change", ChangeColumns, plan.Changes.Select(c => new object?[]
        {
            run, c.Place, c.Kind.ToString().ToLowerInvariant(), JsonSerializer.Serialize(c.Profiles.Select(p => p.ToString())), c.Units, c.Chance, c.Alarm,
        }), cancel);
        await LoadAsync("match_link", LinkColumns, plan.Links.Select((l, i) => new object?[]
        {
            run, (long)l.Place, (long)i, l.IsAdded ? "add" : "revoke", l.Left.Type, l.Left.Value, l.Right.Type, l.Right.Value, l.Rule, l.Weight, l.Detail,
        }), cancel);
        await LoadAsync("match_pair", PairColumns, pairs.Select((p, i) => new object?[]
        {
            run, (long)i, p.ForReview ? "review" : "example", p.Left.Type, p.Left.Value, p.Right.Type, p.Right.Value, p.Bits, p.Detail,
        }), cancel);
        await stores.Ledger.WriteAsync(s => MatchRuns.PlannedAsync(s, run, summary, basis, time.GetUtcNow(), cancel), cancel);
    }

    private async Task LoadAsync(string table, string[] columns, IEnumerable<object?[]> rows, CancellationToken cancel)
    {
        foreach (var piece in rows.Chunk(Piece)) await stores.Ledger.WriteAsync(s => s.LoadAsync(table, columns, piece, cancel), cancel);
    }
}
