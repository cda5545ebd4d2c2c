namespace Kendt.Unify.Matching.Normalise;

/// <summary>Addresses and company names with their abbreviations written out, Danish and English.</summary>
public static class Addresses
{
    private static readonly WordList Long = new("""
        road: rd
        street: str strt
        avenue: ave av aven
        boulevard: blvd boul bvd blv
        lane: ln
        drive: drv
        court: crt
        place: plc
        crescent: cres cr cresc crs
        close: cls
        highway: hwy
        parade: pde
        terrace: tce terr ter
        square: sq sqr
        circuit: cct circ
        parkway: pkwy pky
        gardens: gdns gdn
        grove: grv gr
        mount: mt
        saint: skt sct sankt
        north: n nth
        south: s sth
        east: e
        west: w
        alle: allee
        vej: vj
        soender: sdr soendre
        noerre: ndr
        gammel: gl gamle
        lille: ll
        store: str
        koebenhavn: kbh kobenhavn copenhagen kobnhavn cph
        frederiksberg: frb frbg
        aarhus: arhus
        aalborg: alborg
        odense: odence
        plads: pladsen
        1st: first
        2nd: second
        3rd: third
        4th: fourth
        5th: fifth
        6th: sixth
        7th: seventh
        8th: eighth
        9th: ninth
        10th: tenth
        """);

    private static readonly WordList Inside = new("tv th mf sal stuen kl kld apt apartment flat unit suite ste floor fl room lejl lejlighed doer opgang level lot");

    private static readonly WordList LegalForms = new("as a s aps ivs is ks ps amba fmba smba ltd limited plc llc llp lp inc incorporated corp corporation co company gmbh ag kg ug ab oy oyj sa srl bv nv sarl spa pty pte holding group koncern danmark denmark international");

    /// <summary>
    /// Cuts an address into the words of its street and its house number: <paramref name="street"/> gets the words, the number is returned (0 if
    /// there is none), <paramref name="rest"/> what leads further inside: letter, floor, door, flat.
    /// </summary>
    internal static int Write(scoped ReadOnlySpan<byte> folded, ref Written street, ref Written rest)
    {
        var words = new Words(folded);
        var (number, inside, after) = (0, false, false);
        while (words.Next())
        {
            var word = words.Current;
            if (word[0] is >= (byte)'0' and <= (byte)'9')
            {
                var (value, digits) = (0, 0);
                while (digits < word.Length && digits < 7 && word[digits] is >= (byte)'0' and <= (byte)'9') value = value * 10 + word[digits++] - '0';
                var ordinal = word[digits..] is [(byte)'s', (byte)'t'] or [(byte)'n', (byte)'d'] or [(byte)'r', (byte)'d'] or [(byte)'t', (byte)'h'];
                if (ordinal) Place(word, ref street);
                else if (number == 0 && value > 0)
                {
                    (number, after) = (value, street.Length > 0);
                    rest.Word(word[digits..]);
                }
                else rest.Word(word);
            }
            else if (inside || street.Length > 0 && Inside.Has(word) || after && word is [(byte)'s', (byte)'t'])
            {
                inside = true;
                rest.Word(word);
            }
            else
            {
                Place(word, ref street);
            }
        }
        return number;
    }

    /// <summary>Writes one word of a place's name in full.</summary>
    internal static void Place(scoped ReadOnlySpan<byte> word, ref Written into)
    {
        // First it is a saint, else a street.
        var whole = word is [(byte)'s', (byte)'t'] ? into.Length == 0 ? "saint" : "street" : Long.Find(word);
        if (whole is null)
        {
            into.Word(word);
            return;
        }
        Span<byte> bytes = stackalloc byte[whole.Length];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)whole[i];
        into.Word(bytes);
    }

    /// <summary>Writes a folded company name without the legal forms at its end.</summary>
    internal static void Company(scoped ReadOnlySpan<byte> folded, ref Written into)
    {
        var text = folded;
        while (text.LastIndexOf((byte)' ') is var space and > 0 && LegalForms.Has(text[(space + 1)..])) text = text[..space];
        into.Append(text);
    }
}
