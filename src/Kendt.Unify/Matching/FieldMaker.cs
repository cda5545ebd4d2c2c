using Kendt.Maths;
using Kendt.Unify.Matching.Normalise;
using Kendt.Unify.Matching.Reading;

namespace Kendt.Unify.Matching;

/// <summary>Makes fields of columns: normalises each distinct value once, and gives equal ones one number.</summary>
internal static class FieldMaker
{
    private static readonly WordList Nothings = new("null none na nan unknown ukendt nil undefined ingen blank missing");

    private static readonly WordList Women = new("k kvinde w woman pige girl");

    /// <summary>At most so many fields; the pattern of a pair's comparison must fit into a word of the machine.</summary>
    public const int Most = 16;

    private static readonly Meaning[] Dearest =
    [
        Meaning.OfficialNumber, Meaning.Identity, Meaning.Email, Meaning.Phone, Meaning.GivenName, Meaning.Surname, Meaning.FullName, Meaning.CompanyName, Meaning.BirthDate, Meaning.Street,
        Meaning.Postcode, Meaning.City, Meaning.HouseNumber, Meaning.Domain, Meaning.Words, Meaning.AddressLine, Meaning.MiddleName, Meaning.Gender, Meaning.Region, Meaning.Category, Meaning.Country,
    ];

    /// <summary>The fields of a table's columns, in the order in which pairs are compared.</summary>
    public static Field[] Make(IReadOnlyList<ColumnMeaning> columns)
    {
        var names = new FieldValues();
        var chosen = columns.Where(c => c.Meaning is not Meaning.Nothing).OrderBy(c => Array.IndexOf(Dearest, c.Meaning)).Take(Most - 1).ToList();
        var work = new List<Func<IEnumerable<Field>>>
        {
            // Names of persons share their values, so that swapped names are found by their numbers.
            () => chosen.Where(c => c.Meaning is Meaning.GivenName or Meaning.Surname or Meaning.FullName or Meaning.MiddleName).SelectMany(c => Persons(c, names)).ToList(),
        };
        work.AddRange(chosen.Where(c => c.Meaning is not (Meaning.GivenName or Meaning.Surname or Meaning.FullName or Meaning.MiddleName)).Select(c => (Func<IEnumerable<Field>>)(() => [Other(c)])));
        var made = new List<Field>[work.Count];
        Parallel.For(0, work.Count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
        {
            made[i] = [.. work[i]()];
            foreach (var field in made[i]) field.Count();
        });
        Fill(made[0]);
        var fields = made.SelectMany(m => m).Where(f => f.Filled > 0).Take(Most).OrderBy(f => Order(f.Comparison)).ToArray();
        var postcode = Array.FindIndex(fields, f => f.Meaning is Meaning.Postcode);
        var city = Array.FindIndex(fields, f => f.Meaning is Meaning.City);
        var persons = fields.Any(f => f.Comparison is Comparison.Name);
        var title = persons ? -1 : Title(fields);
        if (title >= 0) fields[title].IsName = true;
        foreach (var field in fields) field.IsName |= field.Comparison is Comparison.Name;
        // Of persons, a company is where they are, with all their colleagues.
        foreach (var field in fields) if (persons && field.Meaning is Meaning.CompanyName) field.Role = Role.Place;
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i].FollowsNames = i != title && (persons ? fields[i].Meaning is Meaning.Email : title >= 0 && fields[i].Meaning is Meaning.Words or Meaning.Category or Meaning.Domain or Meaning.Email);
            if (fields[i].Meaning is Meaning.Street && Array.FindIndex(fields, f => f.Meaning is Meaning.Street) == i) fields[i].Parent = postcode >= 0 ? postcode : city;
            if (fields[i].Meaning is Meaning.City or Meaning.Region or Meaning.Country) fields[i].Parent = i == postcode || postcode < 0 ? (i == city ? -1 : city) : postcode;
        }
        return fields;
    }

    /// <summary>A field of a column that is not compared otherwise: folded values.</summary>
    public static Field Plain(Column column) => Other(new(column, Meaning.Category, ""));

    // What tells most for least comes first: names, then what is compared by numbers; a postcode before what depends on it, long texts last.
    private static int Order(Comparison comparison) => comparison switch
    {
        Comparison.Name => 0,
        Comparison.Date or Comparison.Same or Comparison.Identity => 1,
        Comparison.Postcode => 2,
        Comparison.Place => 3,
        Comparison.Phone => 4,
        Comparison.Email => 5,
        _ => 6,
    };

    // One source says a whole name where another has its parts: the parts of the whole one fill the gaps.
    private static void Fill(List<Field> names)
    {
        foreach (var meaning in new[] { Meaning.GivenName, Meaning.Surname })
        {
            var field = names.Find(f => f.Meaning == meaning && f.Name == f.Column);
            foreach (var whole in names.Where(f => field is not null && f.Meaning == meaning && f.Name != f.Column).ToList())
            {
                for (var row = 0; row < field!.Rows.Length; row++) if (field.Rows[row] == 0) field.Rows[row] = whole.Rows[row];
                field.Count();
                names.Remove(whole);
            }
        }
    }

    // What stands for the name where there are no persons: the company's name, else the words of which most differ.
    private static int Title(Field[] fields)
    {
        var best = -1;
        for (var i = 0; i < fields.Length; i++)
        {
            if (fields[i].Comparison is not Comparison.Words) continue;
            if (fields[i].Meaning is Meaning.CompanyName) return i;
            if (best < 0 || fields[i].Values.Count > fields[best].Values.Count) best = i;
        }
        return best;
    }

    private static IEnumerable<Field> Persons(ColumnMeaning column, FieldValues names)
    {
        var source = column.Column;
        var given = new int[source.Distinct + 1];
        var surnames = new int[source.Distinct + 1];
        Span<byte> room = stackalloc byte[512], first = stackalloc byte[512], last = stackalloc byte[512];
        for (var number = 1; number <= source.Distinct; number++)
        {
            var value = source.Value(number);
            if (value.Length > 200) value = value[..200];
            if (column.Meaning is Meaning.FullName)
            {
                given[number] = AddName(names, first[..Names.Cut(value, first, last, out var length)]);
                surnames[number] = AddName(names, last[..length]);
                continue;
            }
            var written = new Written(first);
            Names.WithoutTitles(room[..Folded.Write(value, room)], ref written);
            given[number] = AddName(names, written.Text);
        }
        if (column.Meaning is not Meaning.FullName) return [Of(column, column.Meaning, names, given)];
        return [Of(column, Meaning.GivenName, names, given), Of(column, Meaning.Surname, names, surnames)];
    }

    private static int AddName(FieldValues names, ReadOnlySpan<byte> name) => Nothings.Has(name) ? 0 : names.Add(name, static (whole, ref feature) =>
    {
        var space = whole.IndexOf((byte)' ');
        var first = space < 0 ? whole : whole[..space];
        feature.Set = CharacterSet.Of(whole);
        feature.Part = (ushort)first.Length;
        feature.Alias = Names.Aliases(first);
        feature.Sound = Sound.Of(whole);
    });

    private static Field Other(ColumnMeaning column)
    {
        var values = new FieldValues();
        var source = column.Column;
        var numbers = new int[source.Distinct + 1];
        var order = column.Meaning is Meaning.BirthDate ? Dates.OrderOf(source) : default;
        Span<byte> room = stackalloc byte[1024], into = stackalloc byte[1024], rest = stackalloc byte[256];
        for (var number = 1; number <= source.Distinct; number++)
        {
            var value = source.Value(number);
            if (value.Length > 250) value = value[..250];
            switch (column.Meaning)
            {
                case Meaning.Email:
                    numbers[number] = values.Add(into[..Contacts.WriteEmail(value, into)], FillEmail);
                    break;
                case Meaning.Phone:
                    numbers[number] = values.Add(into[..Contacts.WritePhone(value, into)], FillText);
                    break;
                case Meaning.BirthDate:
                    if (Dates.Read(value, order) is var date and > 0 && date.TryFormat(into, out var digits)) numbers[number] = values.Add(into[..digits], FillDate);
                    break;
                default:
                    var folded = room[..Folded.Write(value, room)];
                    if (!Nothings.Has(folded)) numbers[number] = Normalised(column.Meaning, folded, values, into, rest);
                    break;
            }
        }
        values.Words.Weigh(values.Count);
        return Of(column, column.Meaning, values, numbers);
    }

    private static int Normalised(Meaning meaning, ReadOnlySpan<byte> folded, FieldValues values, Span<byte> into, Span<byte> rest)
    {
        var written = new Written(into);
        switch (meaning)
        {
            case Meaning.Street or Meaning.AddressLine:
                var inside = new Written(rest);
                var number = Addresses.Write(folded, ref written, ref inside);
                var length = written.Length;
                // Behind the words of the street: its number and what leads further inside.
                written.Append([(byte)'|']);
                if (number > 0 && number.TryFormat(rest[inside.Length..], out var digits)) written.Append(rest.Slice(inside.Length, digits));
                written.Append([(byte)'|']);
                written.Append(inside.Text);
                return written.Length == 2 ? 0 : values.Add(written.Text, (whole, ref feature) =>
                {
                    FillText(whole[..length], ref feature);
                    feature.Length = (ushort)length;
                    feature.Number = number;
                    var first = whole[..length].IndexOf((byte)' ');
                    feature.Part = (ushort)(first < 0 ? length : first);
                });
            case Meaning.City or Meaning.Region or Meaning.Country:
                var words = new Words(folded);
                while (words.Next()) Addresses.Place(words.Current, ref written);
                return values.Add(written.Text, FillText);
            case Meaning.Postcode or Meaning.Identity or Meaning.OfficialNumber or Meaning.HouseNumber:
                words = new Words(folded);
                while (words.Next()) written.Append(words.Current);
                return written.Text.IndexOfAnyExcept((byte)'0') < 0 ? 0 : values.Add(written.Text, FillText);
            case Meaning.CompanyName or Meaning.Words:
                if (meaning is Meaning.CompanyName) Addresses.Company(folded, ref written);
                else written.Append(folded);
                return values.Add(written.Text, (whole, ref feature) =>
                {
                    FillText(whole, ref feature);
                    var (start, count) = values.Words.Add(whole);
                    feature.Number = start;
                    feature.Part = (ushort)count;
                });
            case Meaning.Domain:
                var domain = folded.StartsWith("www "u8) ? folded[4..] : folded.StartsWith("https "u8) ? folded[6..] : folded.StartsWith("http "u8) ? folded[5..] : folded;
                return values.Add(domain.StartsWith("www "u8) ? domain[4..] : domain, FillText);
            case Meaning.Gender:
                return values.Add(Women.Has(folded) ? "f"u8 : folded.IsEmpty ? folded : folded[..1], FillText);
            default:
                return values.Add(folded, FillText);
        }
    }

    private static void FillText(ReadOnlySpan<byte> whole, ref Feature feature)
    {
        feature.Set = CharacterSet.Of(whole);
        feature.Sound = Sound.Of(whole);
    }

    private static void FillDate(ReadOnlySpan<byte> whole, ref Feature feature)
    {
        var date = 0;
        foreach (var digit in whole) date = date * 10 + digit - '0';
        feature.Number = date;
        // Day and month in the order of size, so that swapped ones have it too.
        var (month, day) = (date / 100 % 100, date % 100);
        feature.Sound = (uint)(date / 10000 * 10000 + Math.Min(month, day) * 100 + Math.Max(month, day));
    }

    private static void FillEmail(ReadOnlySpan<byte> whole, ref Feature feature)
    {
        var at = whole.LastIndexOf((byte)'@');
        feature.Part = (ushort)at;
        feature.Set = CharacterSet.Of(whole[..at]);
        feature.Sound = (uint)Hash.Of(whole[..at]);
    }

    private static Field Of(ColumnMeaning column, Meaning meaning, FieldValues values, int[] numbers)
    {
        var source = column.Column.Numbers;
        var rows = new int[source.Length];
        for (var row = 0; row < rows.Length; row++) rows[row] = numbers[source[row]];
        var (comparison, role) = meaning switch
        {
            Meaning.GivenName or Meaning.MiddleName => (Comparison.Name, Role.Own),
            Meaning.Surname => (Comparison.Name, Role.Shared),
            Meaning.BirthDate => (Comparison.Date, Role.Own),
            Meaning.Gender => (Comparison.Same, Role.Own),
            Meaning.Identity or Meaning.OfficialNumber => (Comparison.Identity, Role.Own),
            Meaning.CompanyName or Meaning.Words => (Comparison.Words, Role.Own),
            Meaning.Street or Meaning.AddressLine => (Comparison.Street, Role.Place),
            Meaning.HouseNumber => (Comparison.Same, Role.Place),
            Meaning.Postcode => (Comparison.Postcode, Role.Place),
            Meaning.City or Meaning.Region or Meaning.Country => (Comparison.Place, Role.Place),
            Meaning.Phone => (Comparison.Phone, Role.Shared),
            Meaning.Email => (Comparison.Email, Role.Shared),
            Meaning.Domain => (Comparison.Place, Role.Shared),
            _ => (Comparison.Same, Role.Own),
        };
        return new() { Column = column.Column.Name, Name = meaning == column.Meaning ? column.Column.Name : $"{column.Column.Name} ({(meaning is Meaning.Surname ? "surname" : "given name")})", Meaning = meaning, Comparison = comparison, Role = role, Values = values, Rows = rows };
    }
}
