using System.Text.Json;

namespace Kendt.Model;

/// <summary>Where a source stands to the company.</summary>
public enum Party { First, Second, Third }

/// <summary>How a source delivers.</summary>
public enum SourceKind { Stream, File, Table }

/// <summary>One row of a source read by its mapping: who it speaks of and what it says.</summary>
public sealed record RecordFacts
{
    public required long Seq { get; init; }
    public required string Source { get; init; }
    public required string Key { get; init; }
    /// <summary>True for a company, false for a person.</summary>
    public bool IsAccount { get; init; }
    /// <summary>A full refresh did not have the row any more: what it said is taken back.</summary>
    public bool IsGone { get; init; }
    /// <summary>The row's own time, or when it came.</summary>
    public required DateTimeOffset At { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }
    public required IReadOnlyList<Identifier> Identifiers { get; init; }
    /// <summary>First-level trait name to JSON value.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Traits { get; init; }
    public IReadOnlyList<ConsentDecision> Consents { get; init; } = [];
    /// <summary>The account that the person belongs to, if the row names one.</summary>
    public Identifier? Account { get; init; }
}

/// <summary>
/// Identifiers seen together in one message or record: the only thing from which profiles are made.
/// </summary>
/// <param name="Evidence">Where it was seen: <c>message:SOURCE:SEQ</c> or <c>record:SOURCE:KEY</c>.</param>
/// <param name="Identifiers">Canonical, the strongest first; at least one.</param>
public sealed record Sighting(string Source, string Evidence, DateTimeOffset At, IReadOnlyList<Identifier> Identifiers, bool IsAccount = false);

/// <summary>Two profiles found to be one.</summary>
public sealed record Merge(ProfileId Loser, ProfileId Survivor, DateTimeOffset At);

/// <summary>One row of a feed of devices: an anonymous browser, app or screen, and the audiences it was found in. Never a person.</summary>
/// <param name="Kind">browser, app, screen ...; empty if not said.</param>
/// <param name="Country">ISO 3166 code as the feed has it; empty if not said.</param>
/// <param name="Audiences">Names of audiences, without repetition.</param>
/// <param name="Score">How sure the feed is, 0 to 1; 1 if it does not say.</param>
public sealed record DeviceRow(
    string DeviceId, string Source, string Kind, string Country, string Region, DateTimeOffset ObservedAt, IReadOnlyList<string> Audiences, double Score);
