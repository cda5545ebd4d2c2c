using Kendt.Collect;
using Kendt.Model;

namespace Kendt.Tests.Collect;

public sealed class MappingFileTests
{
    public const string Loyalty = """
        source: loyalty
        party: first
        rows: records
        key: Medlemsnr
        time: Indmeldt
        format: { delimiter: ";", encoding: utf-8, decimal: ",", dates: "dd-MM-yyyy", zone: Europe/Copenhagen }
        set: { country: DK, member: true, level: 3 }
        columns:
          Medlemsnr:   { identifier: loyalty_no }
          Email:       { identifier: email, trait: email }
          Mobil:       { identifier: phone }
          Postnr:      { trait: address.postalCode }
          By:          { trait: address.city }
          Fødselsdato: { trait: birthday, type: date }
          nyhedsbrev:  { trait: newsletter, type: boolean, yes: "J" }
          Point:       { trait: points, type: number }
          Firma:       { account: true }
          Saldo:       { ignore: true }
        """;

    [Fact]
    public void A_mapping_is_read()
    {
        var mapping = MappingFile.Parse(Loyalty);
        Assert.Equal(("loyalty", Party.First, RowsAre.Records, "Indmeldt", ',', ';'), (mapping.Source, mapping.Party, mapping.Rows, mapping.Time, mapping.Format.Decimal, mapping.Format.Delimiter));
        Assert.Equal(["Medlemsnr"], mapping.Key);
        Assert.Equal(9, mapping.Columns.Count);
        Assert.Equal("Europe/Copenhagen", mapping.Format.Zone.Id);
        Assert.Equal(3, mapping.Set["level"].GetInt32());
        Assert.Equal(mapping.Name, MappingFile.Parse(Loyalty).Name);
    }

    [Fact]
    public void All_faults_are_told_at_once_with_their_places()
    {
        var fault = Assert.Throws<BadInputException>(() => MappingFile.Parse("""
            source: Loyalty Club
            party: fourth
            rows: events
            format: { delimiter: ";;", encoding: klingon, decimal: x, dates: [dd-MM-yyyy, hello], zone: Mars/Base }
            total: { property: total, of: [quantity, price] }
            entity: account
            colour: red
            columns:
              A: { line: quantity }
              B: { identifier: Loyalty-No }
              C: { trait: address }
              D: { trait: address.city }
              E: { }
              F: { ignore: true, trait: x }
              G: { audience: list }
              H: { property: p, type: money }
              I: { property: p, yes: "1" }
            """));
        string[] expected =
        [
            "line 1, column 9: source is in kebab case", "line 2, column 8: 'fourth' is none of first, second, third", "line 4, column 22: there must be one character",
            "klingon", "decimal is a comma or a point", "'hello' is no date pattern", "Mars/Base", "'colour' is not known here", "event is missing", "key is missing", "entity is for records",
            "'quantity' in `of` is no line field of type number", "'price' in `of`", "Loyalty-No", "trait 'address' is a value and an object", "column 'E' has no use", "'F' is ignored and used",
            "'audience' is not for rows: events", "'money' is none of", "property 'p' is given by 2 columns", "`yes` goes with",
        ];
        Assert.All(expected, text => Assert.Contains(text, fault.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("- a", "not a list of")]
    [InlineData("a: [", "is not YAML: line 2")]
    [InlineData("source: a\nsource: b", "is not YAML: line 2")]
    [InlineData("source: [a]\nrows: records\ncolumns: { a: b }", "there must be a text here")]
    [InlineData("source: a\nrows: devices\ncolumns: { id: { identifier: email } }", "`identifier: device`")]
    [InlineData("source: a\nrows: records\ncolumns: { s: { consent: state } }", "a consent has a purpose")]
    [InlineData("source: a\nrows: records\nevent: X\ncolumns: { s: { trait: t } }", "event is for rows: events")]
    public void Odd_files_are_told_in_plain_words(string yaml, string expected) =>
        Assert.Contains(expected, Assert.Throws<BadInputException>(() => MappingFile.Parse(yaml)).Message, StringComparison.Ordinal);
}
