using Kendt.Model;
using Kendt.Model.Filters;

namespace Kendt.Segments.Live;

/// <summary>Somebody entered a segment, or left it.</summary>
internal readonly record struct LiveChange(string Segment, ProfileId Profile, bool Entered, DateTimeOffset At, Cause Cause);

/// <summary>What a round of judging writes, all in one transaction.</summary>
internal sealed class LiveWrites
{
    public List<LiveFact> Facts { get; } = [];
    public List<LiveFact> Forgotten { get; } = [];
    public List<(ProfileId Profile, DateTimeOffset? Due)> Judged { get; } = [];
    public List<LiveChange> Changes { get; } = [];
    public List<(ProfileId Loser, ProfileId Survivor)> Merges { get; } = [];
    public List<ProfileId> Gone { get; } = [];
}

/// <summary>Judges profiles at one moment by the rules that live segments have, and gathers what is to be written.</summary>
/// <param name="needs">What is remembered; while something is being built, more than the rules look at.</param>
internal sealed class LiveJudge(LiveRules rules, LiveNeeds needs, DateTimeOffset now)
{
    public LiveWrites Writes { get; } = new();

    /// <summary>A profile became part of another: its facts count there, and it is no member of anything any more.</summary>
    public void Merge(LiveProfile loser, LiveProfile survivor)
    {
        foreach (var fact in loser.Said) survivor.Add(fact with { Profile = survivor.Id });
        Writes.Merges.Add((loser.Id, survivor.Id));
        Remove(loser, Cause.Merge);
    }

    /// <summary>A profile of which nothing is known any more is in no segment.</summary>
    public void Remove(LiveProfile profile, Cause cause)
    {
        foreach (var segment in profile.Members) Writes.Changes.Add(new(segment, profile.Id, false, now, cause));
        Writes.Gone.Add(profile.Id);
    }

    /// <summary>
    /// Judges a profile by the segments that may have changed, each with its cause, and by those that time has reached;
    /// somebody new by all.
    /// </summary>
    public void Judge(LiveProfile profile, Dictionary<string, Cause> causes)
    {
        if (!profile.Known) Add(causes, rules.Names, Cause.Seen);
        var overdue = profile.Due <= now;
        if (overdue)
        {
            Add(causes, rules.Timed, Cause.Time);
            foreach (var fact in profile.Said) if (fact.At >= profile.Due && fact.At <= now) Add(causes, rules.Watching(fact.Kind, fact.Name), Cause.Time);
            foreach (var consent in profile.Consents) if (consent.At >= profile.Due && consent.At <= now) Add(causes, rules.Watching(FactKind.Consent, consent.Purpose), Cause.Time);
        }
        Writes.Forgotten.AddRange(profile.Forget(needs, now));
        var predicate = new FilterPredicate(profile.Facts, rules.Rule, now, rules.Merging);
        var due = overdue ? profile.Next(now) : profile.Due;
        foreach (var (segment, cause) in causes)
        {
            if (!rules.Has(segment)) continue;
            var (holds, until) = predicate.Judge(rules.Rule(segment));
            if (until < due || due is null) due = until;
            if (holds == profile.Members.Contains(segment)) continue;
            Writes.Changes.Add(new(segment, profile.Id, holds, now, cause));
            if (holds) profile.Members.Add(segment);
            else profile.Members.Remove(segment);
        }
        due = Ceiling(due);
        if (profile.Known && due == profile.Due) return;
        Writes.Judged.Add((profile.Id, due));
        (profile.Known, profile.Due) = (true, due);
    }

    private static void Add(Dictionary<string, Cause> causes, IEnumerable<string> segments, Cause cause)
    {
        foreach (var segment in segments) causes.TryAdd(segment, cause);
    }

    // Stores keep whole microseconds; woken a moment early, nothing would have changed yet.
    private static DateTimeOffset? Ceiling(DateTimeOffset? time) => time is not { } at || at.Ticks % TimeSpan.TicksPerMicrosecond == 0 ? time
        : at.AddTicks(TimeSpan.TicksPerMicrosecond - at.Ticks % TimeSpan.TicksPerMicrosecond);
}
