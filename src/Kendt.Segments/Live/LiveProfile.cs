using System.Text.Json;
using Kendt.Model;
using Kendt.Model.Filters;

namespace Kendt.Segments.Live;

/// <summary>Something remembered of a profile: a value that was said of a trait, or an event with the properties that rules look at.</summary>
internal readonly record struct LiveFact(ProfileId Profile, FactKind Kind, string Name, long Seq, DateTimeOffset At, string Value);

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
    private ProfileFacts? _facts;
    private readonly List<LiveFact> _said = [];

    public ProfileId Id => id;

    /// <summary>Whether it has been judged before.</summary>
    public bool Known { get; set; }

    public DateTimeOffset? Due { get; set; }

    /// <summary>The segments that it is in.</summary>
    public HashSet<string> Members { get; } = new(StringComparer.Ordinal);

    public List<ConsentDecision> Consents { get; } = [];

    public IReadOnlyList<LiveFact> Said => _said;

    public void Add(LiveFact fact)
    {
        _said.Add(fact);
        _facts = null;
    }

    /// <summary>The same profile with other facts.</summary>
    public LiveProfile WithFacts(IEnumerable<LiveFact> facts)
    {
        var other = new LiveProfile(id) { Known = Known, Due = Due };
        other.Members.UnionWith(Members);
        other.Consents.AddRange(Consents);
        other._said.AddRange(facts);
        return other;
    }

    public ProfileFacts Facts => _facts ??= new(
        _said.Where(f => f.Kind is FactKind.Trait).Select(f => new TraitFact(f.Name, Json(f.Value), f.At, f.Seq)),
        _said.Where(f => f.Kind is FactKind.Event).Select(f => new EventFact(f.Name, f.At, Json(f.Value))),
        Consents);

    /// <summary>Forgets what was said of traits before the value that holds now, and gives it back.</summary>
    public List<LiveFact> Forget(DateTimeOffset now)
    {
        var said = _said.Where(f => f.Kind is FactKind.Trait && f.At <= now).ToList();
        if (said.Count < 2) return [];
        var newest = new Dictionary<string, LiveFact>(StringComparer.Ordinal);
        foreach (var fact in said)
            if (!newest.TryGetValue(fact.Name, out var other) || (fact.At, fact.Seq).CompareTo((other.At, other.Seq)) > 0) newest[fact.Name] = fact;
        var old = said.Where(f => newest[f.Name].Seq != f.Seq).ToList();
        if (old.Count == 0) return old;
        var gone = old.Select(f => (f.Name, f.Seq)).ToHashSet();
        _said.RemoveAll(f => f.Kind is FactKind.Trait && gone.Contains((f.Name, f.Seq)));
        _facts = null;
        return old;
    }

    /// <summary>The earliest moment after now at which something that is known already comes to count.</summary>
    public DateTimeOffset? Next(DateTimeOffset now)
    {
        DateTimeOffset? next = null;
        foreach (var at in _said.Select(f => f.At).Concat(Consents.Select(c => c.At)))
            if (at > now && !(at >= next)) next = at;
        return next;
    }

    private static readonly JsonElement Nothing = JsonDocument.Parse("{}").RootElement;

    private static JsonElement Json(string value)
    {
        if (value == "{}") return Nothing;
        using var document = JsonDocument.Parse(value);
        return document.RootElement.Clone();
    }
}
