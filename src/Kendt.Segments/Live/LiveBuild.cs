using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Store;

namespace Kendt.Segments.Live;

/// <summary>
/// Brings new or replaced rules to life while the others go on, a piece at a time: first what must be remembered for them is
/// read from the warehouse, then everybody is judged by them once.
/// </summary>
/// <param name="rules">All rules as they are to be.</param>
/// <param name="changed">The segments that are new or replaced, and all that are built on them.</param>
/// <param name="upto">What is later comes by the tail.</param>
/// <param name="missing">What is not remembered yet.</param>
internal sealed class LiveBuild(LiveRules rules, IReadOnlySet<string> changed, LiveOffsets upto, LiveNeeds missing)
{
    private const long FactsAtOnce = 50_000;
    private const int PeopleAtOnce = 1_000;

    private long _messages, _records;
    private ProfileId _after;

    public LiveRules Rules => rules;

    public IReadOnlySet<string> Changed => changed;

    /// <summary>All that is needed is remembered; people are judged by the new rules from now on.</summary>
    public bool IsRemembered => (missing.Events.Count == 0 && missing.Traits.Count == 0) || (_messages >= upto.Messages && _records >= upto.Records);

    /// <summary>Facts read, or people judged, and of how many.</summary>
    public (long Done, long Total) Progress { get; private set; }

    /// <summary>Remembers the next piece of history.</summary>
    public async Task RememberAsync(Stores stores, LiveTail tail, DateTimeOffset now, CancellationToken cancel)
    {
        var from = new LiveOffsets(_messages, _records, 0, 0);
        var to = new LiveOffsets(Math.Min(upto.Messages, _messages + FactsAtOnce), Math.Min(upto.Records, _records + FactsAtOnce), 0, 0);
        var (facts, _, _) = await tail.FactsAsync(from, to, missing, cancel);
        await stores.Ledger.WriteAsync(s => LiveTable.RememberAsync(s, [.. facts.Where(f => rules.Needs.Wants(f, now))], cancel), cancel);
        (_messages, _records) = (to.Messages, to.Records);
        Progress = (_messages + _records, upto.Messages + upto.Records);
    }

    /// <summary>Judges the next people by the changed rules; false when there are no more.</summary>
    public async Task<bool> JudgeAsync(Stores stores, DateTimeOffset now, CancellationToken cancel)
    {
        var (profiles, total) = await stores.Ledger.ReadAsync(async s => (await LiveTable.LoadAsync(s, _after, PeopleAtOnce, rules.Needs.Purposes.Count > 0, cancel),
            Progress.Total == 0 || _after == default ? await s.CountAsync(Sql.Of($"select count(*) from live_profile"), cancel) : Progress.Total), cancel);
        var judge = new LiveJudge(rules, rules.Needs, now);
        foreach (var profile in profiles.Values) judge.Judge(profile, changed.ToDictionary(name => name, _ => Cause.Rule, StringComparer.Ordinal));
        var last = profiles.Count < PeopleAtOnce;
        await stores.Ledger.WriteAsync(async s =>
        {
            await LiveTable.WriteAsync(s, judge.Writes, cancel);
            if (last) foreach (var name in changed) await LiveTable.PutAsync(s, name, FilterWriter.Write(rules.Rule(name)), rules.MergingOf(name), LiveSegment.Live, cancel);
        }, cancel);
        if (profiles.Count > 0) _after = profiles.Keys.Max();
        Progress = (_after == default ? 0 : Progress.Done + profiles.Count, total);
        return !last;
    }
}
