using System.Text.Json;
using System.Text.Json.Serialization;
using Kendt.Model;

namespace Kendt.Unify.Matching;

/// <summary>What was learnt of one field.</summary>
/// <param name="Name">The field: its column's name, or a part of a whole name.</param>
/// <param name="Column">The column that it was made of.</param>
/// <param name="Parent">The field whose agreement this one's depends on, or null.</param>
/// <param name="IsName">Whether it is the name, or a part of it.</param>
/// <param name="FollowsNames">Whether its value often goes with the name.</param>
/// <param name="Coincidence">The chance that two rows drawn at random have the same value.</param>
/// <param name="Same">The chance of each level (parent's level x 8 + level) for one person, or for a place one place.</param>
/// <param name="Near">The same for two people at one place.</param>
/// <param name="Apart">The same for two records that have nothing to do with each other.</param>
public sealed record FieldModel(string Name, string Column, Meaning Meaning, string? Parent, bool IsName, bool FollowsNames, double Coincidence, double[] Same, double[] Near, double[] Apart);

/// <summary>
/// What was learnt of a table, as a value: learn rarely, match often. It holds chances and names of columns, no value of any record. It can be
/// given to a run over other rows of the same columns; what depends on how many rows there are is carried over.
/// </summary>
public sealed record MatchModel
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) }, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true };

    /// <summary>How many records it was learnt from.</summary>
    public required int Records { get; init; }

    /// <summary>Of all pairs of them, the share that is one person at one place, one person at two, two persons at one place.</summary>
    public required double SameHere { get; init; }
    public required double SameMoved { get; init; }
    public required double NearHere { get; init; }

    /// <summary>The weight from which pairs counted as one.</summary>
    public required double Threshold { get; init; }

    /// <summary>What each column was taken for.</summary>
    public required IReadOnlyDictionary<string, Meaning> Columns { get; init; }

    public required IReadOnlyList<FieldModel> Fields { get; init; }

    /// <summary>By what records were brought together: names of one atom or two each. Empty if all were compared with all.</summary>
    public required IReadOnlyList<IReadOnlyList<string>> Keys { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="BadInputException">It is no such model.</exception>
    public static MatchModel FromJson(string text)
    {
        MatchModel? model;
        try
        {
            model = JsonSerializer.Deserialize<MatchModel>(text, Json);
        }
        catch (JsonException fault)
        {
            throw new BadInputException($"The model of the matcher cannot be read ({fault.Path ?? "it is not JSON"}). Give one that a run wrote, or learn anew.", fault);
        }
        if (model is null || model.Records < 1 || model.Fields.Count is 0 or > FieldMaker.Most || !model.Fields.All(IsWhole) || new[] { model.SameHere, model.SameMoved, model.NearHere }.Any(share => share is not (>= 0 and <= 1)) || !double.IsFinite(model.Threshold))
            throw new BadInputException("The model of the matcher is not whole: shares and chances go from 0 to 1, and each field has a table of levels. Give one that a run wrote, or learn anew.");
        return model;
    }

    private static bool IsWhole(FieldModel field) =>
        field.Same.Length == (field.Parent is not null ? Levels.Most * Levels.Most : field.FollowsNames ? Levels.Most * 3 : Levels.Most) && field.Near.Length == field.Same.Length && field.Apart.Length == field.Same.Length
        && field.Same.Concat(field.Near).Concat(field.Apart).All(chance => chance is >= 0 and <= 1.0001);

    /// <summary>Columns mean what they meant when the model was learnt, but for those of which something else is said; it does not know others.</summary>
    internal IReadOnlyList<ColumnMeaning> Recognise(IEnumerable<Reading.Column> columns) =>
    [
        .. columns.Select(c => c.Meaning is { } given ? new ColumnMeaning(c, given, "it was said to be")
            : Columns.TryGetValue(c.Name, out var meaning) ? new(c, meaning, "the model knows it") : new(c, Meaning.Nothing, "the model does not know it")),
    ];

    /// <summary>Keeps the fields that the model knows, and lets them depend on each other as they did.</summary>
    /// <exception cref="BadInputException">It knows none.</exception>
    internal Field[] Choose(Field[] fields)
    {
        var known = fields.Where(f => Of(f) is not null).ToArray();
        if (known.Length == 0) throw new BadInputException($"The model knows none of the columns. It was learnt from: {string.Join(", ", Columns.Keys.Take(20))}. Learn anew.");
        foreach (var field in known)
        {
            var learnt = Of(field)!;
            field.IsName = learnt.IsName;
            field.FollowsNames = learnt.FollowsNames;
            field.Parent = learnt.Parent is null ? -1 : Array.FindIndex(known, f => f.Name == learnt.Parent);
        }
        return known;
    }

    /// <summary>The weights for some records; shares of pairs are carried over to how many there are.</summary>
    internal Weights For(RecordSet records)
    {
        var weights = new Weights(records.Fields);
        for (var f = 0; f < records.Width; f++)
        {
            var learnt = Of(records.Fields[f])!;
            // Of a field whose parent is not there, the part that holds while nothing is known of it.
            learnt.Same.AsSpan(0, weights.Same[f].Length).CopyTo(weights.Same[f]);
            learnt.Near.AsSpan(0, weights.Near[f].Length).CopyTo(weights.Near[f]);
            learnt.Apart.AsSpan(0, weights.Apart[f].Length).CopyTo(weights.Apart[f]);
            records.Fields[f].Recount(learnt.Coincidence);
        }
        // True pairs grow with the records, all pairs with their square.
        var scale = (double)Records / Math.Max(1, records.Count);
        (weights.SameHere, weights.SameMoved, weights.NearHere) = (Share(SameHere), Share(SameMoved), Share(NearHere));
        return weights;

        double Share(double share) => Math.Min(0.5, share * scale);
    }

    internal static MatchModel Of(RecordSet records, Weights weights, IReadOnlyList<ColumnMeaning> columns, IReadOnlyList<IReadOnlyList<string>> keys, double threshold) => new()
    {
        Records = records.Count,
        SameHere = weights.SameHere,
        SameMoved = weights.SameMoved,
        NearHere = weights.NearHere,
        Threshold = threshold,
        Columns = columns.ToDictionary(c => c.Column.Name, c => c.Meaning, StringComparer.Ordinal),
        Fields = [.. records.Fields.Select((field, f) => new FieldModel(field.Name, field.Column, field.Meaning, field.Parent < 0 ? null : records.Fields[field.Parent].Name, field.IsName, field.FollowsNames, field.Coincidence, [.. weights.Same[f]], [.. weights.Near[f]], [.. weights.Apart[f]]))],
        Keys = keys,
    };

    // A part of a whole name has its column's name in its own, so names tell fields apart.
    private FieldModel? Of(Field field) => Fields.FirstOrDefault(f => f.Name == field.Name && f.Meaning == field.Meaning);
}
