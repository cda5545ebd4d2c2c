using System.Text;
using Kendt.Unify.Matching.Normalise;

namespace Kendt.Tests.Unify.Matching;

/// <summary>What values become before they are compared.</summary>
public sealed class NormaliseTests
{
    private delegate int Writer(ReadOnlySpan<byte> value, Span<byte> into);

    [Theory]
    [InlineData("Søren ÆBELØ-Åkjær", "soeren aebeloe aakjaer")]
    [InlineData("A\u030Akj\u00E6r", "aakjaer")]
    [InlineData("  O'Brien,  José ", "obrien jose")]
    [InlineData("Мария Ivanova", "mariya ivanova")]
    [InlineData("", "")]
    public void Text_folds(string value, string folded) => Assert.Equal(folded, Folded.Of(value));

    [Theory]
    [InlineData("+45 20 30 40 50", "20304050")]
    [InlineData("0045 20304050", "20304050")]
    [InlineData("20304050", "20304050")]
    [InlineData("+44 7469 187045", "7469187045")]
    [InlineData("07469 187045", "7469187045")]
    [InlineData("(555) 123-4567 x89", "5551234567")]
    [InlineData("12", "")]
    [InlineData("0000 0000", "")]
    public void Phones_become_their_national_part(string value, string number) => Assert.Equal(number, Write(value, Contacts.WritePhone));

    [Theory]
    [InlineData("Jens.Hansen+shop@Example.DK", "jens.hansen@example.dk")]
    [InlineData("j.e.n.s@gmail.com", "jens@gmail.com")]
    [InlineData("test@test.com", "")]
    [InlineData("no mail", "")]
    [InlineData("@x.dk", "")]
    public void Emails(string value, string email) => Assert.Equal(email, Write(value, Contacts.WriteEmail));

    [Theory]
    [InlineData("1966-07-09", 19660709)]
    [InlineData("1966-07-09T00:00:00Z", 19660709)]
    [InlineData("19660709", 19660709)]
    [InlineData("9.7.1966", 19660709)]
    [InlineData("09/07/66", 19660709)]
    [InlineData("7/19/1966", 19660719)]
    [InlineData("9. juli 1966", 19660709)]
    [InlineData("Jul 9, 1966", 19660709)]
    [InlineData("09071966", 19660709)]
    [InlineData("12:30", 0)]
    [InlineData("hello", 0)]
    public void Dates_in_any_order(string value, int date) => Assert.Equal(date, Dates.Read(Encoding.UTF8.GetBytes(value), DateOrder.DayFirst));

    [Fact]
    public void The_month_is_first_where_a_column_says_so() => Assert.Equal(19660907, Dates.Read("09/07/66"u8, DateOrder.MonthFirst));

    [Theory]
    [InlineData("christensen", "kristensen")]
    [InlineData("pedersen", "petersen")]
    [InlineData("lund", "lun")]
    [InlineData("philip", "filip")]
    [InlineData("hjort", "jort")]
    public void Names_that_sound_alike_have_one_key(string left, string right) => Assert.Equal(Sound.Of(Encoding.ASCII.GetBytes(left)), Sound.Of(Encoding.ASCII.GetBytes(right)));

    [Theory]
    [InlineData("hansen", "jensen")]
    [InlineData("larsen", "madsen")]
    public void Names_that_do_not_have_two(string left, string right) => Assert.NotEqual(Sound.Of(Encoding.ASCII.GetBytes(left)), Sound.Of(Encoding.ASCII.GetBytes(right)));

    [Theory]
    [InlineData("robert", "bob", true)]
    [InlineData("margrethe", "grethe", true)]
    [InlineData("elizabeth", "lisbeth", true)]
    [InlineData("robert", "william", false)]
    public void Names_have_other_forms(string left, string right, bool share) =>
        Assert.Equal(share, Names.ShareAlias(Names.Aliases(Encoding.ASCII.GetBytes(left)), Names.Aliases(Encoding.ASCII.GetBytes(right))));

    [Theory]
    [InlineData("Fru Anne Marie von der Leyen", "anne marie", "von der leyen")]
    [InlineData("Hansen, Dr. Jens", "jens", "hansen")]
    [InlineData("Cher", "cher", "")]
    public void Whole_names_are_cut(string value, string given, string surname)
    {
        Span<byte> first = stackalloc byte[100], last = stackalloc byte[100];
        var length = Names.Cut(Encoding.UTF8.GetBytes(value), first, last, out var lastLength);
        Assert.Equal(given, Encoding.ASCII.GetString(first[..length]));
        Assert.Equal(surname, Encoding.ASCII.GetString(last[..lastLength]));
    }

    [Theory]
    [InlineData("Nørregade 12, 2. tv", "noerregade", 12, "2 tv")]
    [InlineData("12 Main St", "main street", 12, "")]
    [InlineData("Gl. Kongevej 7B st. th", "gammel kongevej", 7, "b st th")]
    [InlineData("3 St. Johns Road", "saint johns road", 3, "")]
    [InlineData("435 S. La Cienega Blvd.", "south la cienega boulevard", 435, "")]
    [InlineData("570 Fourth St.", "4th street", 570, "")]
    [InlineData("Flat 3, 10 High Rd", "flat high road", 3, "10")]
    public void Addresses_are_written_out(string value, string street, int number, string rest)
    {
        var words = new Written(new byte[200]);
        var inside = new Written(new byte[200]);
        Assert.Equal(number, Addresses.Write(Encoding.ASCII.GetBytes(Folded.Of(value)), ref words, ref inside));
        Assert.Equal(street, Encoding.ASCII.GetString(words.Text));
        Assert.Equal(rest, Encoding.ASCII.GetString(inside.Text));
    }

    [Theory]
    [InlineData("Nordisk Papir A/S", "nordisk papir")]
    [InlineData("Acme Holding ApS", "acme")]
    [InlineData("Limited", "limited")]
    public void Companies_lose_their_legal_form(string value, string name)
    {
        var written = new Written(new byte[200]);
        Addresses.Company(Encoding.ASCII.GetBytes(Folded.Of(value)), ref written);
        Assert.Equal(name, Encoding.ASCII.GetString(written.Text));
    }

    private static string Write(string value, Writer write)
    {
        Span<byte> into = stackalloc byte[200];
        return Encoding.UTF8.GetString(into[..write(Encoding.UTF8.GetBytes(value), into)]);
    }
}
