using System.Text;
using Kendt.Model;

namespace Kendt.Collect;

/// <summary>What a dead letter, or something new, becomes when it is taken: all of it, or nothing and the reason.</summary>
internal sealed record Becoming
{
    /// <summary>Why it cannot be taken; null if it can.</summary>
    public string? Refused { get; init; }

    public IReadOnlyList<Item> Messages { get; init; } = [];

    public IReadOnlyList<RecordDraft> Records { get; init; } = [];

    public IReadOnlyList<DeviceRow> Devices { get; init; } = [];

    /// <summary>Rows of one event belong together: what is replayed at once and names the same event becomes one.</summary>
    public string? Event { get; init; }

    public static Becoming No(string reason) => new() { Refused = reason };

    public Shown Show() => new(Refused, [.. Messages.Select(m => Encoding.UTF8.GetString(m.Body.Span))], [.. Records.Select(r => new ShownRecord(r.Source, r.Key, r.Body))], [.. Devices.Select(d => d.DeviceId)]);
}

/// <summary>What something would become, for people to look at.</summary>
/// <param name="Refused">Why it cannot be taken; null if it can.</param>
/// <param name="Messages">Tracking messages as the intake log would keep them.</param>
/// <param name="Devices">Ids of devices.</param>
public sealed record Shown(string? Refused, IReadOnlyList<string> Messages, IReadOnlyList<ShownRecord> Records, IReadOnlyList<string> Devices);

/// <summary>A record as it would be kept.</summary>
/// <param name="Body">A JSON object of texts by column.</param>
public sealed record ShownRecord(string Source, string Key, string Body);
