using System.Text;
using Kendt.Maths;
using Kendt.Unify.Matching.Reading;

namespace Kendt.Tests.Unify.Matching;

/// <summary>
/// People made from a seed: Danish and English, in households that share surname, address and sometimes telephone, each with one to four
/// records that have typing errors, other forms of names, old addresses and gaps.
/// </summary>
internal sealed class Crowd
{
    private static readonly string[] Given = "Søren Mette Lars Kirsten Jens Anne Mikkel Camilla Rasmus Line Robert Elizabeth James Emma William Olivia Thomas Sofie Peter Karen Henrik Louise Anders Ida Oliver Grace".Split(' ');
    private static readonly Dictionary<string, string> Short = new() { ["Robert"] = "Bob", ["Elizabeth"] = "Liz", ["William"] = "Bill", ["Thomas"] = "Tom", ["Kirsten"] = "Kis", ["James"] = "Jim" };
    private static readonly string[] Endings = ["sen", "gaard", "lund", "son", "ton", "ley", "skov", "bæk"];
    private static readonly string[] Streets = ["Nørregade", "Møllevej", "Bakkevej", "High Street", "Church Road", "Mill Lane", "Ørstedsvej", "Skolevej"];

    private Chance _chance;

    public Crowd(int persons, ulong seed)
    {
        _chance = new(seed);
        for (var household = 0; Persons < persons; household++) Household();
        // Records of one person do not lie together.
        for (var i = Rows.Count - 1; i > 0; i--)
        {
            var j = _chance.Below(i + 1);
            (Rows[i], Rows[j]) = (Rows[j], Rows[i]);
        }
    }

    public int Persons { get; private set; }

    /// <summary>id, given, surname, born, street, postcode, city, email, phone; and who it is.</summary>
    public List<(string[] Values, int Person)> Rows { get; } = [];

    public Table Table(IEnumerable<(string[] Values, int Person)>? rows = null)
    {
        Column[] columns = [.. "id given_name surname date_of_birth street postcode city email phone".Split(' ').Select(n => new Column(n))];
        foreach (var (values, _) in rows ?? Rows) for (var i = 0; i < columns.Length; i++) columns[i].Add(Encoding.UTF8.GetBytes(values[i]));
        return new(columns);
    }

    private void Household()
    {
        var surname = Letters(2 + _chance.Below(2)) + Pick(Endings);
        surname = char.ToUpperInvariant(surname[0]) + surname[1..];
        var (address, old, phone) = (Address(), Address(), Digits(8));
        var members = 1 + _chance.Below(4);
        for (var member = 0; member < members; member++, Persons++)
        {
            var given = Pick(Given);
            var born = $"{1940 + _chance.Below(70)}-{1 + _chance.Below(12):00}-{1 + _chance.Below(28):00}";
            var email = $"{given}.{surname}{_chance.Below(1000)}@{Pick(["mail.dk", "gmail.com", "post.co.uk"])}".ToLowerInvariant();
            var own = Often(30) ? phone : Digits(8);
            for (var records = 1 + _chance.Below(4); records > 0; records--)
            {
                var (street, postcode, city) = Often(15) ? old : address;
                string[] values =
                [
                    "", Often(10) && Short.TryGetValue(given, out var nick) ? nick : given, surname, Often(4) ? born[..5] + born[8..] + "-" + born[5..7] : born, street, postcode, city, email, Often(50) ? "+45 " + own : own,
                ];
                for (var i = 1; i < values.Length; i++)
                {
                    if (Often(i is 1 or 2 ? 2 : 15)) values[i] = "";
                    else if (i != 3 && Often(6)) values[i] = Typo(values[i]);
                }
                values[0] = "r" + Digits(9);
                Rows.Add((values, Persons));
            }
        }
    }

    private (string, string, string) Address() => ($"{Pick(Streets)} {1 + _chance.Below(150)}", $"{1000 + 10 * _chance.Below(400)}", Pick(["Odense", "Aarhus", "Køge", "Leeds", "Bath", "York"]));

    private string Typo(string value)
    {
        if (value.Length < 4) return value;
        var at = 1 + _chance.Below(value.Length - 2);
        return _chance.Below(3) switch
        {
            0 => value.Remove(at, 1),
            1 => value.Insert(at, value[at].ToString()),
            _ => value[..at] + value[at + 1] + value[at] + value[(at + 2)..],
        };
    }

    private bool Often(int percent) => _chance.Below(100) < percent;

    private string Pick(string[] from) => from[_chance.Below(from.Length)];

    private string Letters(int syllables) => string.Concat(Enumerable.Range(0, syllables).Select(_ => $"{"bdfghklmnprstv"[_chance.Below(14)]}{"aeiouø"[_chance.Below(6)]}"));

    private string Digits(int count) => string.Concat(Enumerable.Range(0, count).Select(i => (char)('0' + (i == 0 ? 2 + _chance.Below(7) : _chance.Below(10)))));
}
