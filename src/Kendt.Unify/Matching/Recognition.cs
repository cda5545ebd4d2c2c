using Kendt.Unify.Matching.Normalise;
using Kendt.Unify.Matching.Reading;

namespace Kendt.Unify.Matching;

/// <summary>What a column was taken for, and why.</summary>
public sealed record ColumnMeaning(Column Column, Meaning Meaning, string Because);

/// <summary>Finds out what columns mean from their headings and their values. Where the two disagree, the values win.</summary>
public static class Recognition
{
    private const string Given = "it was said to be";

    /// <summary>The meaning of each column, in the table's order: the given one, or what its heading and values say.</summary>
    public static IReadOnlyList<ColumnMeaning> Of(Table table, IEnumerable<Column> besides)
    {
        var left = besides.ToHashSet();
        var found = new List<ColumnMeaning>();
        foreach (var column in table.Columns)
        {
            if (!left.Contains(column)) found.Add(column.Meaning is { } given ? new(column, given, Given) : Of(column, table.Rows));
        }
        return WithoutRepeats(found, table.Rows);
    }

    private static ColumnMeaning Of(Column column, int rows)
    {
        var seen = ColumnShape.Of(column);
        if (seen.Filled == 0) return new(column, Meaning.Nothing, "it is empty");
        if (Headings.Find(column.Name) is { } said)
        {
            if (seen.Allows(said)) return new(column, Settled(said, seen), $"its heading is '{column.Name}'");
        }
        if (column.Distinct == 1) return new(column, Meaning.Nothing, "it has one value only");
        if (seen.Emails > 0.7) return new(column, Meaning.Email, "its values are e-mail addresses");
        if (seen.Dates > 0.9 && seen.Digits < 0.99) return column.Distinct > rows / 1000 ? new(column, Meaning.BirthDate, "its values are dates") : new(column, Meaning.Category, "its values are few dates");
        if (seen.Phones > 0.9 && column.Distinct > 20) return new(column, Meaning.Phone, "its values look like telephone numbers");
        if (seen.Domains > 0.8) return new(column, Meaning.Domain, "its values look like domains");
        if (seen.Digits > 0.9)
        {
            // Numbers say who somebody is only when there are neither too few nor one for each row.
            return column.Distinct <= Math.Max(200, rows / 50) && column.Distinct * 2 < seen.Filled ? new(column, Meaning.Category, "its values are numbers of which there are few") : new(column, Meaning.Nothing, "its values are plain numbers");
        }
        if (column.Distinct == seen.Filled && seen.Words < 1.2 && seen.Letters < 0.6 && seen.Filled > 20) return new(column, Meaning.Nothing, "each row has a value of its own");
        if (seen.NumberAndWords > 0.6) return new(column, Meaning.Street, "its values look like addresses");
        if (column.Distinct <= Math.Max(50, rows / 50) && column.Distinct * 3 < seen.Filled) return new(column, Meaning.Category, "it has few different values");
        return new(column, Meaning.Words, "its values are words");
    }

    private static Meaning Settled(Meaning said, ColumnShape seen) => said switch
    {
        // Names of whole persons have two or three words of letters; company names more often one, many, or numbers.
        Meaning.FullName when seen.Words is < 1.6 or > 3.4 || seen.Letters < 0.85 || seen.GivenNames < 0.25 => Meaning.CompanyName,
        _ => said,
    };

    // A column that only says what others say (a whole name beside its parts) would count the same evidence twice.
    private static List<ColumnMeaning> WithoutRepeats(List<ColumnMeaning> found, int rows)
    {
        for (var i = 0; i < found.Count; i++)
        {
            if (found[i].Column.Meaning is not null || found[i].Meaning is not (Meaning.FullName or Meaning.GivenName or Meaning.Surname or Meaning.CompanyName or Meaning.Words or Meaning.Street)) continue;
            var said = found.Where((other, at) => at != i && other.Meaning is not (Meaning.Nothing or Meaning.Category) && !IsRepeatable(found, i, at)).ToList();
            if (said.Count > 0 && Repeats(found[i].Column, said.ConvertAll(s => s.Column), rows)) found[i] = found[i] with { Meaning = Meaning.Nothing, Because = "other columns say the same" };
        }
        return found;
    }

    // Of two columns that repeat each other, the first one is left out.
    private static bool IsRepeatable(List<ColumnMeaning> found, int column, int other) => found[other].Meaning is Meaning.FullName or Meaning.Words or Meaning.CompanyName && other < column;

    private static bool Repeats(Column column, List<Column> others, int rows)
    {
        var (looked, words, repeated) = (0, 0, 0);
        Span<byte> one = stackalloc byte[1024], all = stackalloc byte[8192];
        for (var row = 0; row < rows && looked < 500; row += Math.Max(1, rows / 2000))
        {
            var length = Folded.Write(column.Value(column.Numbers[row]), one);
            if (length == 0) continue;
            looked++;
            all[0] = (byte)' ';
            var end = 1;
            foreach (var other in others.Take(12))
            {
                end += Folded.Write(other.Value(other.Numbers[row]), all.Slice(end, Math.Min(600, all.Length - end - 1)));
                all[end++] = (byte)' ';
            }
            var each = new Words(one[..length]);
            while (each.Next())
            {
                words++;
                for (var from = all[..end]; from.IndexOf(each.Current) is var at and >= 0; from = from[(at + 1)..])
                {
                    if (at == 0 || from[at - 1] != ' ' || from[at + each.Current.Length] != ' ') continue;
                    repeated++;
                    break;
                }
            }
        }
        return looked >= 20 && repeated > 0.9 * words;
    }
}
