using System.Text.Json;
using System.Text.Json.Serialization;
using Kendt.Store;

namespace Kendt.Unify.Batch;

/// <summary>How far what was said has been read: records and messages have a count each.</summary>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
internal readonly record struct Reached(long Records, long Messages)
{
    private const string RecordsName = "matched records", MessagesName = "matched messages";

    public long Of(bool isRecord) => isRecord ? Records : Messages;

    /// <summary>What records said, or what messages did.</summary>
    public static Sql Track(bool isRecord) => isRecord ? Sql.Of($"t.evidence like 'record:%'") : Sql.Of($"t.evidence not like 'record:%'");

    /// <summary>All that there is.</summary>
    public static async Task<Reached> LastAsync(Session warehouse, CancellationToken cancel) =>
        new(await warehouse.CountAsync(Sql.Of($"select max(t.seq) from trait_log t where {Track(true)}"), cancel), await warehouse.CountAsync(Sql.Of($"select max(t.seq) from trait_log t where {Track(false)}"), cancel));

    /// <summary>So many rows further, and all that belongs to the last of them; the same where nothing came.</summary>
    public async Task<Reached> NextAsync(Session warehouse, long rows, CancellationToken cancel)
    {
        var from = this;
        return new(await UntilAsync(true), await UntilAsync(false));

        async Task<long> UntilAsync(bool isRecord) => Math.Max(from.Of(isRecord), await warehouse.CountAsync(Sql.Of($"select max(seq) from (select t.seq from trait_log t where {Track(isRecord)} and t.seq > {from.Of(isRecord)} order by t.seq limit {rows}) as next"), cancel));
    }

    /// <summary>Whether nothing is in this that is not in the other.</summary>
    public bool IsNotBeyond(Reached other) => Records <= other.Records && Messages <= other.Messages;

    /// <summary>What both have.</summary>
    public Reached Both(Reached other) => new(Math.Min(Records, other.Records), Math.Min(Messages, other.Messages));

    /// <summary>How far matching has come, as the ledger has it.</summary>
    public static async Task<Reached> ReadAsync(Session ledger, CancellationToken cancel) => new(await Projection.ReadAsync(ledger, RecordsName, cancel), await Projection.ReadAsync(ledger, MessagesName, cancel));

    public async Task WriteAsync(Session ledger, CancellationToken cancel)
    {
        await Projection.WriteAsync(ledger, RecordsName, Records, cancel);
        await Projection.WriteAsync(ledger, MessagesName, Messages, cancel);
    }
}

/// <summary>What a run leaves for those who come after it: how far it had read, and what it had learnt of each kind. No value of any record.</summary>
internal sealed record MatchBasis(long Records, long Messages, IReadOnlyList<KindBasis> Kinds)
{
    [JsonIgnore]
    public Reached Reached => new(Records, Messages);

    public string ToJson() => JsonSerializer.Serialize(this, MatchBasisJson.Default.MatchBasis);

    public static MatchBasis? Of(string? json) => json is null ? null : JsonSerializer.Deserialize(json, MatchBasisJson.Default.MatchBasis);
}

/// <param name="Model">What was learnt (<see cref="Matching.MatchModel"/>); null where rules alone count.</param>
internal sealed record KindBasis(bool IsAccount, string? Model);

[JsonSerializable(typeof(MatchBasis))]
internal sealed partial class MatchBasisJson : JsonSerializerContext;
