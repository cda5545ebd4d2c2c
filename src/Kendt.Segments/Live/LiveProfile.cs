using System.Text.Json;
using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Model.Merging;

namespace Kendt.Segments.Live;

/// <summary>Something remembered of a profile: a value that was said of a trait, or an event with the properties that rules look at.</summary>
/// <param name="Source">Who said a value; empty for events.</param>
/// <param name="Record">The record that said it (<c>record:SOURCE:KEY</c>); empty where it was a message.</param>
internal readonly record struct LiveFact(ProfileId Profile, FactKind Kind, string Name, long Seq, DateTimeOffset At, JsonElement Value, string Source = "", string Record = "")
{
    public TraitFact Said => new(Name, Value, At, Seq) { Source = Source, Evidence = Record };
}

/// <summary>Why a person entered or left a segment.</summary>
/// <param name="Kind">event, trait, consent, time, merge, seen (somebody new), rule (the segment was made or replaced) or check (a defect was mended).</param>
/// <param name="Subject">The name of the event or trait, or the purpose; empty for the others.</param>
/// <param name="Evidence">The place of the message or record in its log.</param>
internal readonly record struct Cause(string Kind, string Subject, long? Evidence)
{
    public static Cause Time { get; } = new("time", "", null);
    public static Cause Merge { get; } = new("merge", "", null);
    public static Cause Seen { get; } = new("seen", "", null);
    public static Cause Rule { get; } = new("rule", "", null);
    public static Cause Check { get; } = new("check", "", null);
}

/// <summary>A profile as live evaluation knows it: its facts, the segments it is in, and when time alone may move it next.</summary>
internal sealed class LiveProfile(ProfileId id)
{
    private readonly List<LiveFact> _said = [];
    private readonly List<ConsentDecision> _consents = [];
    private ProfileFacts _facts = new([], [], []) { Id = id };

    public ProfileId Id => id;

    /// <summary>Whether it has been judged before.</summary>
    public bool Known { get; set; }

    public DateTimeOffset? Due { get; set; }

    /// <summary>The segments that it is in.</summary>
    public HashSet<string> Members { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<LiveFact> Said => _said;

    public IReadOnlyList<ConsentDecision> Consents => _consents;

    public ProfileFacts Facts => _facts;

    public void Add(LiveFact fact)
    {
        _said.Add(fact);
        Tell(fact);
    }

    public void Add(ConsentDecision decision)
    {
        _consents.Add(decision);
        _facts.Add(decision);
    }

    /// <summary>The same profile with other facts.</summary>
    public LiveProfile WithFacts(IEnumerable<LiveFact> facts)
    {
        var other = new LiveProfile(id) { Known = Known, Due = Due };
        other.Members.UnionWith(Members);
        foreach (var decision in _consents) other.Add(decision);
        foreach (var fact in facts) other.Add(fact);
        return other;
    }

    /// <summary>Forgets what can count no more and gives it back: events that left the longest window, words of traits that a later one takes the place of.</summary>
    public List<LiveFact> Forget(LiveNeeds needs, DateTimeOffset now)
    {
        List<LiveFact> gone = [];
        foreach (var fact in _said) if (!needs.Wants(fact, now) || IsHidden(fact, needs, now)) gone.Add(fact);
        if (gone.Count == 0) return gone;
        var places = gone.Select(f => (f.Kind, f.Name, f.Seq)).ToHashSet();
        _said.RemoveAll(f => places.Contains((f.Kind, f.Name, f.Seq)));
        _facts = new([], [], _consents) { Id = id };
        foreach (var fact in _said) Tell(fact);
        return gone;
    }

    /// <summary>The earliest moment after now at which something that is known already comes to count.</summary>
    public DateTimeOffset? Next(DateTimeOffset now)
    {
        DateTimeOffset? next = null;
        foreach (var fact in _said) if (fact.At > now && !(fact.At >= next)) next = fact.At;
        foreach (var decision in _consents) if (decision.At > now && !(decision.At >= next)) next = decision.At;
        return next;
    }

    private bool IsHidden(LiveFact fact, LiveNeeds needs, DateTimeOffset now)
    {
        if (fact.Kind is not FactKind.Trait || fact.At > now) return false;
        var said = _facts.Trait(fact.Name);
        var newest = said.Length - 1;
        while (newest > 0 && (said[newest].At > now || (needs.Voices.Contains(fact.Name) && said[newest].Voice != fact.Said.Voice))) newest--;
        return said[newest].Seq != fact.Seq;
    }

    private void Tell(LiveFact fact)
    {
        if (fact.Kind is FactKind.Trait) _facts.Add(fact.Said);
        else _facts.Add(new EventFact(fact.Name, fact.At, fact.Value));
    }
}
