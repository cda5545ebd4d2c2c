using Kendt.Model.Merging;

namespace Kendt.Store;

/// <summary>The policy that holds, as every room reads it from the ledger; the warehouse has it as <c>merge_rule</c> and <c>merge_rank</c>.</summary>
public static class MergePolicies
{
    // The one that was read last: profiles are read far more often than it changes.
    private static Tuple<string, MergePolicy>? _last;

    public static async Task<MergePolicy> ReadAsync(Session ledger, CancellationToken cancel) =>
        Parse(await ledger.FirstAsync(Sql.Of($"select policy from merge_policy where name = 'merging'"), r => r.Text(0), cancel));

    public static Task<MergePolicy> ReadAsync(Stores stores, CancellationToken cancel) => stores.Ledger.ReadAsync(s => ReadAsync(s, cancel), cancel);

    /// <summary>Out of the text that <c>merge_policy</c> has.</summary>
    public static MergePolicy Parse(string? text)
    {
        if (string.IsNullOrEmpty(text)) return MergePolicy.MostRecent;
        if (_last is { } last && last.Item1 == text) return last.Item2;
        var policy = MergePolicy.Read(text);
        _last = new(text, policy);
        return policy;
    }
}
