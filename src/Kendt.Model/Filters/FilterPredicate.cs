using System.Text.Json;
using Kendt.Model.Merging;

namespace Kendt.Model.Filters;

/// <summary>What a rule says of a profile at a moment.</summary>
/// <param name="Holds">Whether it is a member.</param>
/// <param name="Until">
/// The earliest moment at which the answer may change by time alone, if nothing more becomes known; null if it never does.
/// Always after the moment of the question, never later than the true change.
/// </param>
public readonly record struct Judgement(bool Holds, DateTimeOffset? Until);

/// <summary>
/// Judges rules over one profile, with the meaning that their SQL has over all. Stored segments that a rule refers to are
/// judged once, however often they are named.
/// </summary>
public sealed class FilterPredicate
{
    private readonly Func<string, Filter> _segment;
    private readonly ProfileFacts _facts;
    private readonly Dictionary<string, Answer> _segments = new(StringComparer.Ordinal);
    private readonly MergePolicy _merging;
    private readonly long _asOf;

    /// <param name="segment">The rule of a stored segment; throws for an unknown name. Cycles are refused when segments are stored.</param>
    /// <param name="merging">Which of the words of a trait is its value; the most recent unless said.</param>
    public FilterPredicate(ProfileFacts facts, Func<string, Filter> segment, DateTimeOffset asOf, MergePolicy? merging = null) =>
        (_facts, _segment, _asOf, _merging) = (facts, segment, IsoTime.TicksOf(asOf), merging ?? MergePolicy.MostRecent);

    /// <summary>Whether the rule holds, and until when that is sure.</summary>
    public Judgement Judge(Filter filter)
    {
        var answer = Ask(filter);
        return new(answer.Holds, answer.Until >= IsoTime.TicksOf(DateTimeOffset.MaxValue) ? null : IsoTime.At(answer.Until));
    }

    /// <summary>An answer and the earliest moment at which it may change, in units of 100 ns since 1970.</summary>
    internal readonly record struct Answer(bool Holds, long Until);

    internal long AsOf => _asOf;

    internal ProfileFacts Facts => _facts;

    internal Answer Ask(Filter filter) => filter switch
    {
        All all => Joined(all.Of, true),
        Any any => Joined(any.Of, false),
        Not not => Ask(not.Of) is var inner ? new(!inner.Holds, inner.Until) : default,
        TraitRule trait => Ask(trait),
        EventRule rule => Ask(rule),
        SequenceRule sequence => SequencePredicate.Ask(this, sequence),
        InSegment segment => Stored(segment.Name),
        ConsentRule consent => Ask(consent),
        SampleRule sample => new(SampleRule.Place(sample.Name, _facts.Id) is var place && sample.Tests.All(t => ValueTest.Holds(t, place)), Until.Never),
        _ => throw new InvalidOperationException($"{filter.GetType().Name} has no predicate."),
    };

    // What decides against (one false of all, one true of any) decides until the last of its kind may change.
    private Answer Joined(IReadOnlyList<Filter> rules, bool all)
    {
        long sure = Until.Never, against = 0;
        var decided = false;
        foreach (var rule in rules)
        {
            var answer = Ask(rule);
            if (answer.Holds == all)
            {
                sure = Math.Min(sure, answer.Until);
            }
            else
            {
                decided = true;
                against = Math.Max(against, answer.Until);
            }
        }
        return decided ? new(!all, against) : new(all, sure);
    }

    private Answer Stored(string name)
    {
        if (!_segments.TryGetValue(name, out var answer)) _segments[name] = answer = Ask(_segment(name));
        return answer;
    }

    private Answer Ask(TraitRule rule)
    {
        var until = new Until(_asOf);
        var value = ValueOf(rule, until);
        foreach (var test in rule.Tests) Turns(test, value, until);
        return new(rule.Tests.All(t => ValueTest.Holds(t, value, _asOf)), until.Earliest);
    }

    /// <summary>The value that a trait rule looks at; later sayings count for <paramref name="until"/>.</summary>
    internal JsonElement ValueOf(TraitRule rule, Until until)
    {
        var value = _facts.Value(rule.Trait.Steps[0], _merging, IsoTime.At(_asOf), out var next);
        if (next is { } later) until.At(IsoTime.TicksOf(later));
        return ValueTest.Look(value, rule.Trait.Steps, 1);
    }

    private Answer Ask(EventRule rule)
    {
        var until = new Until(_asOf);
        var events = InWindow(rule, until);
        var holds = Figure.Holds(rule.Aggregate, events, _asOf, until);
        if (rule.Window.Within is { } within && Figure.Turns(rule.Aggregate, events, holds) is { } leaving) until.At(IsoTime.TicksOf(events[leaving].At) + within.Ticks);
        return new(holds, until.Earliest);
    }

    /// <summary>The events that a leaf computes its figure over, in order; moments at which there may be others count for <paramref name="until"/>.</summary>
    internal List<EventFact> InWindow(EventRule rule, Until until)
    {
        var found = new List<EventFact>();
        var since = rule.Window.Within is { } within ? _asOf - within.Ticks : long.MinValue;
        foreach (var fact in Matching(rule.Match, until))
        {
            var at = IsoTime.TicksOf(fact.At);
            if (at <= since || at < rule.Window.From?.Ticks || at >= rule.Window.To?.Ticks) continue;
            found.Add(fact);
        }
        return found;
    }

    /// <summary>The events of a leaf or step not after asOf, in order; moments at which there may be others count for <paramref name="until"/>.</summary>
    internal List<EventFact> Matching(EventMatch match, Until until)
    {
        var found = new List<EventFact>();
        foreach (var fact in _facts.Events(match.Name))
        {
            if (IsoTime.TicksOf(fact.At) > _asOf)
            {
                until.At(IsoTime.TicksOf(fact.At));
                break;
            }
            var holds = true;
            foreach (var entry in match.Where)
            {
                var value = ValueTest.Look(fact.Properties, entry.Property.Steps);
                foreach (var test in entry.Tests)
                {
                    Turns(test, value, until);
                    holds = holds && ValueTest.Holds(test, value, _asOf);
                }
            }
            if (holds) found.Add(fact);
        }
        return found;
    }

    private void Turns(Test test, JsonElement value, Until until)
    {
        if (test is WithinLast or AnniversaryIn && ValueTest.TimeOf(value) is { } time) ValueTest.Turns(test, time, _asOf, until);
    }

    private Answer Ask(ConsentRule rule)
    {
        var until = new Until(_asOf);
        var state = StateOf(rule.Purpose, until);
        return new(state == rule.State, until.Earliest);
    }

    internal ConsentState StateOf(string purpose, Until until)
    {
        var state = ConsentState.Unknown;
        foreach (var decision in _facts.Consents(purpose))
        {
            if (IsoTime.TicksOf(decision.At) > _asOf)
            {
                until.At(IsoTime.TicksOf(decision.At));
                break;
            }
            state = decision.State;
        }
        return state;
    }
}
