using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Kendt.Model.Filters;

/// <summary>
/// A rule over profiles, judged at one moment (asOf). It has one meaning in three places: <see cref="FilterPredicate"/>
/// over one profile, SQL over all of them, and the sentence that people read. Logic has two values: a condition on
/// something unknown is false, and its negation true.
/// </summary>
/// <remarks>Rules hold lists, so compare them by <see cref="FilterWriter.Write(Filter)"/>, not by ==.</remarks>
public abstract record Filter
{
    private protected Filter() { }
}

/// <summary>Every one of the rules holds; an empty list is true.</summary>
public sealed record All(IReadOnlyList<Filter> Of) : Filter;

/// <summary>One of the rules holds, or more; an empty list is false.</summary>
public sealed record Any(IReadOnlyList<Filter> Of) : Filter;

/// <summary>The rule does not hold.</summary>
public sealed record Not(Filter Of) : Filter;

/// <summary>The value of a trait passes every test.</summary>
public sealed record TraitRule(ValuePath Trait, IReadOnlyList<Test> Tests) : Filter;

/// <summary>A figure over a person's events of one name passes every test.</summary>
public sealed record EventRule(EventMatch Match, EventWindow Window, Aggregate Aggregate) : Filter;

/// <summary>
/// Events that match the steps, each strictly later than the one before, exist so that none that matches
/// <paramref name="Without"/> lies strictly between the first and the last, the last is at most <paramref name="Span"/> later than
/// the first, and the first is within the window.
/// </summary>
public sealed record SequenceRule(IReadOnlyList<SequenceStep> Steps, EventMatch? Without, Duration? Within, Duration? Span = null) : Filter;

/// <summary>Is a member of a stored segment at the same moment.</summary>
public sealed record InSegment(string Name) : Filter;

/// <summary>The figure of a stored measure passes every test. It stands for conditions on events; see <see cref="FilterMeasures"/>.</summary>
public sealed record MeasureRule(string Measure, IReadOnlyList<Test> Tests) : Filter;

/// <summary>The latest decision on a purpose is this; without one it is unknown.</summary>
public sealed record ConsentRule(string Purpose, ConsentState State) : Filter;

/// <summary>
/// How many identifiers of a type the person has that pass every test of <paramref name="Value"/> passes every test of
/// <paramref name="Count"/>. An identifier counts from the moment at which it was first seen.
/// </summary>
public sealed record IdentifierRule(string Type, IReadOnlyList<Test> Value, IReadOnlyList<Test> Count) : Filter
{
    /// <summary>Whether the rule holds for somebody with these identifiers of the type.</summary>
    public bool Holds(IEnumerable<string> values) => Holds(values.Count(Passes));

    /// <summary>Whether it holds for somebody with so many that pass.</summary>
    public bool Holds(int number) => Count.All(t => ValueTest.Holds(t, number));

    /// <summary>Whether an identifier passes.</summary>
    public bool Passes(string value) => Value.All(t => ValueTest.Holds(t, value));
}

/// <summary>
/// The person's place in a sample, from 0 to below 100, passes every test. The place comes from the name of the sample and
/// the profile's id alone, so it stays, and samples of two names are independent.
/// </summary>
public sealed record SampleRule(string Name, IReadOnlyList<Test> Tests) : Filter
{
    /// <summary>The place: the first 8 digits of the MD5 of <c>NAME:ID</c> as a part of all there are, times 100.</summary>
    [SuppressMessage("Security", "CA5351:Do Not Use Broken Cryptographic Algorithms", Justification = "It hides nothing; it is the hash that all engines have.")]
    public static double Place(string name, ProfileId profile)
    {
        Span<byte> digest = stackalloc byte[MD5.HashSizeInBytes];
        MD5.HashData(Encoding.UTF8.GetBytes($"{name}:{profile}"), digest);
        return BinaryPrimitives.ReadUInt32BigEndian(digest) * 100.0 / 4294967296.0;
    }
}

/// <summary>Track events of exactly this name for which every test of <paramref name="Where"/> holds.</summary>
public sealed record EventMatch(string Name, IReadOnlyList<PropertyRule> Where);

/// <summary>The value of a property passes every test.</summary>
public sealed record PropertyRule(ValuePath Property, IReadOnlyList<Test> Tests);

/// <summary>One step of a sequence; <paramref name="After"/> is the longest time since the step before, that much included.</summary>
public sealed record SequenceStep(EventMatch Match, Duration? After);

/// <summary>Which events count: the last <see cref="Within"/>, or from (included) to (excluded), or all until asOf.</summary>
public sealed record EventWindow(Duration? Within, IsoTime? From, IsoTime? To)
{
    public static EventWindow Always { get; } = new(null, null, null);
}

/// <summary>What is computed over the events of a leaf.</summary>
/// <remarks>Days to Years: how many different ones of the calendar (UTC, weeks from Monday) have such an event.</remarks>
public enum AggregateKind { Count, Sum, Average, Min, Max, Distinct, First, Last, Days, Weeks, Months, Years }

/// <summary>A figure over events and its tests. <paramref name="Of"/> is the property of sum, average, min, max and distinct.</summary>
public sealed record Aggregate(AggregateKind Kind, ValuePath? Of, IReadOnlyList<Test> Tests)
{
    /// <summary>What a leaf without an aggregate asks: at least one event.</summary>
    public static Aggregate Once { get; } = new(AggregateKind.Count, null, [new Compare(Comparison.AtLeast, 1)]);
}

/// <summary>Keys of objects, from the outermost inwards: <c>address.city</c>.</summary>
public sealed record ValuePath
{
    public ValuePath(string text) => (Text, Steps) = (text, text.Split('.'));

    public string Text { get; }

    public IReadOnlyList<string> Steps { get; }

    public bool Equals(ValuePath? other) => other is not null && other.Text == Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;
}
