using Kendt.Govern;
using Kendt.Model;

namespace Kendt.Activate;

/// <summary>How a setting of a destination is written.</summary>
public enum FieldKind
{
    Text,

    /// <summary>An http or https address.</summary>
    Address,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>Names with commas between them.</summary>
    List,
}

/// <summary>One setting that a kind of destination has.</summary>
public sealed record DestinationField
{
    public required string Name { get; init; }

    public required string Title { get; init; }

    /// <summary>What to write there, for a person who does not know the other system.</summary>
    public required string Help { get; init; }

    public FieldKind Kind { get; init; } = FieldKind.Text;

    public bool Required { get; init; }

    /// <summary>Kept encrypted and never shown again.</summary>
    public bool Secret { get; init; }

    /// <summary>What counts where nothing is written. Default: nothing.</summary>
    public string? Default { get; init; }

    /// <summary>A rule of its own: the fault in plain words, without the value, or null. Default: none.</summary>
    public Func<string, string?>? Check { get; init; }
}

/// <summary>A destination's settings as it uses them, secrets in clear. Never logged, never shown.</summary>
public sealed class DestinationSettings(string name, IReadOnlyDictionary<string, string> values)
{
    /// <summary>The setting that every kind has: which fields of a person are sent.</summary>
    public const string Fields = "fields";

    /// <summary>The destination's own name.</summary>
    public string Name { get; } = name;

    public string? Find(string field) => values.GetValueOrDefault(field);

    public string Get(string field) => values[field];

    /// <summary>The names in a list, none if it is not set.</summary>
    public IReadOnlyList<string> List(string field) =>
        Find(field)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}

/// <summary>One person's message to a destination.</summary>
/// <param name="Payload">A JSON object, only the fields that the destination is to have.</param>
/// <param name="Attempt">1 at the first try.</param>
public sealed record OutboxItem(DeliveryId Delivery, ProfileId Profile, string Payload, int Attempt);

/// <summary>What became of one item. The reasons name no person and quote no value: they are kept and shown.</summary>
public abstract record SendResult
{
    private SendResult() { }

    /// <summary>The destination has it.</summary>
    public sealed record Delivered : SendResult;

    /// <summary>Not now: try again after <paramref name="Wait"/>, or when the outbox thinks right.</summary>
    public sealed record RetryAfter(TimeSpan? Wait, string Reason) : SendResult;

    /// <summary>The destination does not let Kendt in; a person has to mend its settings.</summary>
    public sealed record Reauthorise(string Reason) : SendResult;

    /// <summary>The destination will never take this item.</summary>
    public sealed record Refused(string Reason) : SendResult;
}

/// <summary>What a test of the settings showed.</summary>
public abstract record TestAnswer
{
    private TestAnswer() { }

    /// <summary>The destination answers and lets Kendt in.</summary>
    public sealed record Works : TestAnswer;

    /// <summary>What is wrong and how to mend it, in plain words.</summary>
    public sealed record Fault(string Says) : TestAnswer;
}

/// <summary>What became of the wish that a destination forgets somebody.</summary>
public abstract record EraseAnswer
{
    private EraseAnswer() { }

    /// <summary>Done, or the destination has promised it; what is left for a person to do stands in <paramref name="Note"/>.</summary>
    public sealed record Erased(string Note) : EraseAnswer;

    /// <summary>This destination cannot be told; a person has to do it there.</summary>
    public sealed record CannotErase(string Reason) : EraseAnswer;

    /// <summary>It did not work now; ask again.</summary>
    public sealed record Failed(string Reason) : EraseAnswer;
}

/// <summary>A kind of system that people can be sent to. One instance serves all destinations of its kind.</summary>
public interface IDestination
{
    /// <summary>Lower-case letters and underscores.</summary>
    string Kind { get; }

    string Title { get; }

    IReadOnlyList<DestinationField> Fields { get; }

    /// <summary>How many items one call takes; null where a delivery is always sent whole.</summary>
    int? BatchSizeOf(DestinationSettings settings);

    /// <summary>Tries the settings without sending anybody's data.</summary>
    Task<TestAnswer> TestAsync(DestinationSettings settings, CancellationToken cancel);

    /// <summary>
    /// Sends items of one delivery. May be called again with the same items after a crash: the destination has to end up as
    /// if it had been called once, or has to pass on a key by which the other system can see it.
    /// </summary>
    /// <returns>One result an item, in their order.</returns>
    Task<IReadOnlyList<SendResult>> SendAsync(DestinationSettings settings, Permit<IReadOnlyList<OutboxItem>> permit, CancellationToken cancel);

    /// <summary>Makes the destination forget one person, given by all ids that the person ever had.</summary>
    Task<EraseAnswer> DeleteAsync(DestinationSettings settings, IReadOnlyList<ProfileId> ids, CancellationToken cancel);
}
