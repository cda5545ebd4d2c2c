using System.Text.Json;

namespace Kendt.Model.Merging;

/// <summary>What was said of a trait: first-level key, JSON value, when, and its place in the log.</summary>
public readonly record struct TraitFact(string Name, JsonElement Value, DateTimeOffset At, long Seq)
{
    private const string Record = "record:";

    /// <summary>Who said it.</summary>
    public string Source { get; init; } = "";

    /// <summary>The message or record: <c>message:SOURCE:SEQ</c> or <c>record:SOURCE:KEY</c>.</summary>
    public string Evidence { get; init; } = "";

    /// <summary>
    /// Whose newest word counts: a record speaks for itself, as a source may hold two of one person and one of them may go; all messages of a
    /// source are one voice.
    /// </summary>
    public string Voice => Evidence.StartsWith(Record, StringComparison.Ordinal) ? Evidence : Source;
}

/// <summary>Words out of facts.</summary>
public static class TraitFacts
{
    /// <summary>The newest word of each voice for each name, of those not after a moment.</summary>
    public static IEnumerable<TraitFact> Newest(this IEnumerable<TraitFact> said, DateTimeOffset asOf) =>
        said.Where(s => s.At <= asOf).GroupBy(s => (s.Name, s.Voice)).Select(g => g.MaxBy(s => (s.At, s.Seq)));
}
