using System.Runtime.InteropServices;
using Kendt.Unify.Matching.Blocking;
using Kendt.Unify.Matching.Reading;
using Kendt.Unify.Matching.Rules;

namespace Kendt.Unify.Matching;

/// <summary>Writes a <see cref="MatchIndex"/> as bytes and reads it: records, values with their features, edges and weights; keys and what else follows from them is made again.</summary>
internal static class IndexStream
{
    public static void Write(MatchIndex index, Stream stream)
    {
        using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        var (kept, records) = (index.Kept, index.Kept.Records);
        writer.Write(index.Threshold);
        writer.Write(kept.Options.LargestBlock);
        writer.Write(kept.Columns.Count);
        foreach (var column in kept.Columns)
        {
            writer.Write(column.Column.Name);
            writer.Write((int)column.Meaning);
        }
        // Records that were removed have no place here.
        var places = new int[index.Ids.Count];
        var live = new List<int>();
        for (var record = 0; record < places.Length; record++)
        {
            places[record] = live.Count;
            if (index.Ids[record].Length > 0) live.Add(record);
        }
        Fields(writer, records, live);
        Weights(writer, index.Scorer?.Weights, records.Width);
        writer.Write(live.Count);
        foreach (var record in live) writer.Write(index.Ids[record]);
        foreach (var record in live) writer.Write(MemoryMarshal.AsBytes(records[record]));
        writer.Write(records.SourceNames.Count);
        foreach (var source in records.SourceNames) writer.Write(source);
        if (records.Sources is { } sources) foreach (var record in live) writer.Write(sources[record]);
        writer.Write(kept.KeyNames.Count);
        foreach (var key in kept.KeyNames)
        {
            writer.Write(key.Count);
            foreach (var atom in key) writer.Write(atom);
        }
        writer.Write(index.Edges.Count);
        foreach (var edge in index.Edges)
        {
            writer.Write(places[edge.Left]);
            writer.Write(places[edge.Right]);
            writer.Write(edge.Weight);
            writer.Write(edge.Rule);
        }
    }

    public static MatchIndex Read(Stream stream, IReadOnlyList<MatchRule> rules, IReadOnlyList<string> cleanSources)
    {
        using var reader = new BinaryReader(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        try
        {
            return Read(reader, rules, cleanSources);
        }
        catch (Exception fault) when (fault is EndOfStreamException or ArgumentException or OverflowException or IndexOutOfRangeException)
        {
            throw new InvalidDataException("This is no index of matching.", fault);
        }
    }

    private static MatchIndex Read(BinaryReader reader, IReadOnlyList<MatchRule> rules, IReadOnlyList<string> cleanSources)
    {
        var (threshold, largest) = (reader.ReadDouble(), reader.ReadInt32());
        var columns = List(reader, () => new ColumnMeaning(new Column(reader.ReadString()), (Meaning)reader.ReadInt32(), "it was so"));
        var fields = Fields(reader);
        var weights = Weights(reader, fields);
        var ids = List(reader, reader.ReadString);
        var cells = new int[ids.Count * fields.Length];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(cells.AsSpan()));
        var names = List(reader, reader.ReadString);
        int[]? sources = null;
        if (names.Count > 0) reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes((sources = new int[ids.Count]).AsSpan()));
        var records = new RecordSet(fields, cells, ids.Count, sources, names, cleanSources);
        var keyNames = List(reader, () => (IReadOnlyList<string>)List(reader, reader.ReadString));
        var edges = List(reader, () => new Edge(reader.ReadInt32(), reader.ReadInt32(), reader.ReadSingle(), reader.ReadInt32()));
        var options = new MatchOptions { Id = new Column(""), Rules = rules, LargestBlock = largest, CleanSources = cleanSources, UsesWeights = weights is not null };
        var bound = RuleSet.Make(rules, columns, records, null);
        var atoms = keyNames.Count > 0 ? Atom.Of(fields) : [];
        var keys = bound.Keys.Select(Key.Of).Concat(keyNames.Select(key => Key.Of(records, [.. key.Select(name => atoms.First(a => a.Name == name))], atoms))).ToList();
        return new(new(records, bound, columns, options, keyNames, keyNames.Count > 0 ? keys : [], atoms), weights is null ? null : new(records, weights), threshold, edges, ids);
    }

    private static void Fields(BinaryWriter writer, RecordSet records, List<int> live)
    {
        var values = records.Fields.Select(f => f.Values).Distinct().ToList();
        writer.Write(values.Count);
        foreach (var some in values)
        {
            // What no record says any more is not written.
            var isUsed = new bool[some.Count + 1];
            for (var f = 0; f < records.Width; f++) if (records.Fields[f].Values == some) foreach (var record in live) isUsed[records[record][f]] = true;
            isUsed[0] = false;
            some.Write(writer, isUsed);
        }
        writer.Write(records.Width);
        foreach (var field in records.Fields)
        {
            writer.Write(values.IndexOf(field.Values));
            field.Write(writer);
        }
    }

    private static Field[] Fields(BinaryReader reader)
    {
        var values = List(reader, () => FieldValues.Read(reader));
        return [.. List(reader, () => Field.Read(reader, values[reader.ReadInt32()]))];
    }

    private static void Weights(BinaryWriter writer, Weights? weights, int width)
    {
        writer.Write(weights is not null);
        if (weights is null) return;
        writer.Write(weights.SameHere);
        writer.Write(weights.SameMoved);
        writer.Write(weights.NearHere);
        foreach (var tables in new[] { weights.Same, weights.Near, weights.Apart }) for (var f = 0; f < width; f++) writer.Write(MemoryMarshal.AsBytes(tables[f].AsSpan()));
    }

    private static Weights? Weights(BinaryReader reader, Field[] fields)
    {
        if (!reader.ReadBoolean()) return null;
        var weights = new Weights(fields) { SameHere = reader.ReadDouble(), SameMoved = reader.ReadDouble(), NearHere = reader.ReadDouble() };
        foreach (var tables in new[] { weights.Same, weights.Near, weights.Apart }) foreach (var table in tables) reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(table.AsSpan()));
        return weights;
    }

    internal static List<T> List<T>(BinaryReader reader, Func<T> one)
    {
        var count = reader.ReadInt32();
        if (count < 0) throw new InvalidDataException("This is no index of matching.");
        var list = new List<T>(Math.Min(count, 1 << 20));
        for (var i = 0; i < count; i++) list.Add(one());
        return list;
    }
}
