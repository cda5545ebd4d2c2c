using System.Text.Json;
using Kendt.Store;

namespace Kendt.Unify.Batch;

/// <summary>The applied run that those who come after it are matched by.</summary>
/// <param name="HasHouseholds">Everybody's households were made after it.</param>
/// <param name="Why">Why nobody can be matched by it at this moment; null if they can.</param>
internal sealed record FollowBasis(Guid Run, MatchConfig Config, MatchBasis Basis, IReadOnlyList<FieldUse> Fields, long Units, bool HasHouseholds, string? Why)
{
    /// <summary>The run that was applied last; null if there is none, or none that was made for this.</summary>
    public static async Task<FollowBasis?> FindAsync(Session ledger, Func<string, MatchConfig> parse, CancellationToken cancel)
    {
        var run = await ledger.FirstAsync(Sql.Of($"select run_id, state, yaml, basis, summary, households_at from match_run where state in ('applying', 'applied') order by case when state = 'applying' then 0 else 1 end, applied_at desc limit 1"),
            r => (Id: r.Guid(0), State: r.Text(1), Yaml: r.Text(2), Basis: MatchBasis.Of(r.TextOrNull(3)), Summary: r.TextOrNull(4), HasHouseholds: !r.IsNull(5)), cancel);
        if (run.Basis is not { } basis || run.Summary is null) return null;
        var summary = JsonSerializer.Deserialize(run.Summary, MatchJson.Default.MatchSummary)!;
        var config = parse(run.Yaml);
        var why = run.State == "applying" ? "A plan is being applied."
            : config.Rules.Any(r => r.Within is not null || r.All.Concat(r.Unless).Any(c => c.How is Matching.Rules.Likeness.Exact)) ? "A rule compares values letter by letter, or records of one source: only a plan can do that."
            : null;
        return new(run.Id, config, basis, summary.Fields, summary.Units, run.HasHouseholds, why);
    }
}
