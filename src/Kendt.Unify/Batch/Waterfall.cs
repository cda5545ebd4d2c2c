using System.Text.Json;
using System.Text.Json.Serialization;
using Kendt.Unify.Matching;

namespace Kendt.Unify.Batch;

/// <summary>One bar of a pair's waterfall: what was compared, how it compares, and the bits that it adds. Values are not kept.</summary>
public sealed record WaterfallBar([property: JsonPropertyName("w")] string What, [property: JsonPropertyName("l")] string Level, [property: JsonPropertyName("b")] double Bits);

/// <summary>Why a matched pair has its weight, as the ledger keeps it: JSON, without anybody's data.</summary>
public static class Waterfall
{
    /// <summary>The bars that say something, in order.</summary>
    public static string Write(Explanation explanation) =>
        JsonSerializer.Serialize([.. explanation.Reasons.Where(r => Math.Abs(r.Bits) >= 0.005).Select(r => new WaterfallBar(r.What, r.Level, Math.Round(r.Bits, 2)))], WaterfallJson.Default.IReadOnlyListWaterfallBar);

    /// <summary>Reads what <see cref="Write"/> wrote; nothing is no bars.</summary>
    public static IReadOnlyList<WaterfallBar> Read(string? json) => string.IsNullOrEmpty(json) ? [] : JsonSerializer.Deserialize(json, WaterfallJson.Default.IReadOnlyListWaterfallBar) ?? [];

    /// <summary>The chance that a weight in bits stands for.</summary>
    public static double Chance(double bits) => 1 / (1 + Math.Pow(2, -bits));
}

[JsonSerializable(typeof(IReadOnlyList<WaterfallBar>))]
internal sealed partial class WaterfallJson : JsonSerializerContext;
