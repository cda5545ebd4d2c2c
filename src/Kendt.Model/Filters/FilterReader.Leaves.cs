using System.Text.Json;

namespace Kendt.Model.Filters;

/// <summary>The leaves: traits, events, sequences, consents.</summary>
internal sealed partial class FilterReader
{
    private const string EventKeys = "an event has where, within, from, to and one of count, sum, average, min, max, distinct, first, last, days, weeks, months, years";

    private static TraitRule Trait(Dictionary<string, JsonElement> keys, string path)
    {
        var at = Join(path, "trait");
        var trait = PathOf(keys["trait"], at, "the name of a trait");
        return new(trait, Tests(keys, at, Operators.Value, $"the trait '{Short(trait.Text)}'", "trait"));
    }

    private EventRule Event(Dictionary<string, JsonElement> keys, string path)
    {
        var at = Join(path, "event");
        var match = Match(keys, at);
        var aggregates = keys.Keys.Where(k => Aggregates.ContainsKey(k)).ToList();
        if (aggregates.Count > 1) throw Fault(Join(at, aggregates[1]), $"'{aggregates[0]}' and '{aggregates[1]}' cannot stand in one leaf; write two leaves in a list of 'all'.");
        Allow(keys, at, EventKeys, ["event", "where", "within", "from", "to", .. Aggregates.Keys]);
        var window = new EventWindow(Lapse(keys, "within", at), Time(keys, "from", at), Time(keys, "to", at));
        if (window is { Within: not null, From: not null } or { Within: not null, To: not null })
            throw Fault(Join(at, "within"), $"'within' and '{(window.From is null ? "to" : "from")}' cannot stand in one leaf: give a duration back from now, or fixed times.");
        return new(match, window, aggregates.Count == 0 ? Aggregate.Once : Figure(aggregates[0], keys[aggregates[0]], Join(at, aggregates[0])));
    }

    private static readonly Dictionary<string, AggregateKind> Aggregates =
        Enum.GetValues<AggregateKind>().ToDictionary(k => k.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    private static Aggregate Figure(string name, JsonElement json, string path)
    {
        var kind = Aggregates[name];
        var keys = Object(json, path, $"an object, as in {(kind is AggregateKind.First or AggregateKind.Last ? "{\"after\": \"2024-01-01\"}" : "{\"atLeast\": 2}")}");
        if (kind is AggregateKind.Count or >= AggregateKind.Days) return new(kind, null, Tests(keys, path, Operators.Number, kind is AggregateKind.Count ? "the count" : $"the number of {name}"));
        if (kind is AggregateKind.First or AggregateKind.Last) return new(kind, null, Tests(keys, path, Operators.Time, $"the time of the {name} event"));
        if (!keys.TryGetValue("of", out var of)) throw Fault(path, $"'{name}' needs 'of', the property that it is computed from.");
        return new(kind, PathOf(of, Join(path, "of"), "the name of a property"), Tests(keys, path, Operators.Number, $"the {name}", "of"));
    }

    private SequenceRule Sequence(Dictionary<string, JsonElement> keys, string path)
    {
        var at = Join(path, "sequence");
        Allow(keys, at, "a sequence has without, within and span", "sequence", "without", "within", "span");
        var steps = List(keys["sequence"], at, "a list of steps").Select((step, i) => Step(step, $"{at}[{i}]", i == 0)).ToList();
        if (steps.Count < 2) throw Fault(at, $"a sequence has two steps or more; this has {steps.Count}.");
        if (steps.Count > 20) throw Fault(at, "a sequence has at most 20 steps.");
        return new(steps, keys.TryGetValue("without", out var without) ? Without(without, Join(at, "without")) : null, Lapse(keys, "within", at), Lapse(keys, "span", at));
    }

    private SequenceStep Step(JsonElement json, string path, bool first)
    {
        var keys = Object(json, path, "a step, as in {\"event\": \"Order Completed\", \"after\": \"7d\"}");
        if (!keys.ContainsKey("event")) throw Fault(path, "a step needs 'event', the name of an event.");
        var at = Join(path, "event");
        if (first && keys.ContainsKey("after")) throw Fault(Join(at, "after"), "the first step has no 'after': there is no step before it.");
        Allow(keys, at, "a step has event, where and after", "event", "where", "after");
        Count(at);
        return new(Match(keys, at), Lapse(keys, "after", at));
    }

    private EventMatch Without(JsonElement json, string path)
    {
        var keys = Object(json, path, "an object, as in {\"event\": \"Order Cancelled\"}");
        if (!keys.ContainsKey("event")) throw Fault(path, "needs 'event', the name of an event.");
        Allow(keys, Join(path, "event"), "it has event and where", "event", "where");
        return Match(keys, Join(path, "event"));
    }

    private EventMatch Match(Dictionary<string, JsonElement> keys, string path)
    {
        var name = Text(keys["event"], path, "the name of an event", 500);
        if (!keys.TryGetValue("where", out var where)) return new(name, []);
        var at = Join(path, "where");
        return new(name, [.. List(where, at, "a list of tests, as in [{\"property\": \"total\", \"above\": 100}]").Select((entry, i) => Property(entry, $"{at}[{i}]"))]);
    }

    private PropertyRule Property(JsonElement json, string path)
    {
        Count(path);
        var keys = Object(json, path, "a test, as in {\"property\": \"total\", \"above\": 100}");
        if (!keys.TryGetValue("property", out var name)) throw Fault(path, "needs 'property', the name of a property of the event.");
        var property = PathOf(name, Join(path, "property"), "the name of a property");
        return new(property, Tests(keys, path, Operators.Value, $"the property '{Short(property.Text)}'", "property"));
    }

    private static IdentifierRule IdentifierCondition(Dictionary<string, JsonElement> keys, string path)
    {
        var at = Join(path, "identifier");
        var type = Text(keys["identifier"], at, "a type of identifiers, such as email or loyalty_no", 100);
        IReadOnlyList<Test> count = Aggregate.Once.Tests;
        if (keys.Remove("count", out var counted)) count = Tests(Object(counted, Join(at, "count"), "an object, as in {\"atLeast\": 2}"), Join(at, "count"), Operators.Number, "the count");
        return new(type, keys.Count == 1 ? [] : Tests(keys, at, Operators.Identifier, $"the identifier '{Short(type)}'", "identifier"), count);
    }

    private static SampleRule Sample(Dictionary<string, JsonElement> keys, string path)
    {
        var at = Join(path, "sample");
        var name = Text(keys["sample"], at, "the name of a sample", 200);
        return new(name, Tests(keys, at, Operators.Number, $"the place in the sample '{Short(name)}', from 0 to below 100,", "sample"));
    }

    private static ConsentRule Consent(Dictionary<string, JsonElement> keys, string path)
    {
        var at = Join(path, "consent");
        Allow(keys, at, "a consent has 'is'", "consent", "is");
        var purpose = Text(keys["consent"], at, "the name of a purpose", 200);
        if (!keys.TryGetValue("is", out var json)) throw Fault(at, $"the consent '{Short(purpose)}' needs 'is': granted, denied or unknown.");
        return Text(json, Join(at, "is"), "granted, denied or unknown", 60) switch
        {
            "granted" => new(purpose, ConsentState.Granted),
            "denied" => new(purpose, ConsentState.Denied),
            "unknown" => new(purpose, ConsentState.Unknown),
            var other => throw Fault(Join(at, "is"), $"'{other}' is none of granted, denied and unknown."),
        };
    }
}
