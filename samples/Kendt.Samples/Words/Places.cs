namespace Kendt.Samples;

/// <summary>One of the company's shops.</summary>
internal sealed record Shop(int Number, string City, string Name);

/// <summary>A Danish postcode: how many live there (relative), the nearest shop, and how its landlines begin.</summary>
internal sealed record DanishPlace(string Postcode, string City, double Weight, int Shop, string Landline);

/// <summary>A British town with its postcode districts.</summary>
internal sealed record BritishPlace(string City, string[] Districts);

/// <summary>Where people live and where the shops are.</summary>
internal static class Places
{
    public static readonly Shop[] Shops =
    [
        .. "København Aarhus Odense Aalborg Esbjerg Randers Kolding Horsens Vejle Roskilde Helsingør Herning".Split(' ')
            .Select((city, i) => new Shop(i + 1, city, $"Fjeldby {city}")),
    ];

    public static readonly DanishPlace[] Denmark =
    [
        new("1620", "København V", 12, 0, "33"), new("1432", "København K", 10, 0, "33"), new("2100", "København Ø", 40, 0, "35"),
        new("2200", "København N", 38, 0, "35"), new("2300", "København S", 36, 0, "32"), new("2400", "København NV", 24, 0, "38"),
        new("2500", "Valby", 26, 0, "36"), new("2000", "Frederiksberg", 34, 0, "38"), new("2720", "Vanløse", 18, 0, "38"),
        new("2700", "Brønshøj", 14, 0, "38"), new("2800", "Kongens Lyngby", 14, 0, "45"), new("2900", "Hellerup", 12, 0, "39"),
        new("2650", "Hvidovre", 14, 0, "36"), new("2630", "Taastrup", 12, 9, "43"), new("2770", "Kastrup", 9, 0, "32"),
        new("3000", "Helsingør", 16, 10, "49"), new("3400", "Hillerød", 14, 10, "48"), new("2970", "Hørsholm", 8, 10, "45"),
        new("3460", "Birkerød", 8, 10, "45"), new("3600", "Frederikssund", 7, 9, "47"), new("4000", "Roskilde", 22, 9, "46"),
        new("4600", "Køge", 13, 9, "56"), new("4100", "Ringsted", 9, 9, "57"), new("4200", "Slagelse", 11, 9, "58"),
        new("4700", "Næstved", 13, 9, "55"), new("4300", "Holbæk", 10, 9, "59"), new("4800", "Nykøbing F", 6, 9, "54"),
        new("3700", "Rønne", 5, 0, "56"), new("5000", "Odense C", 26, 2, "66"), new("5230", "Odense M", 14, 2, "66"),
        new("5250", "Odense SV", 8, 2, "66"), new("5700", "Svendborg", 9, 2, "62"), new("5500", "Middelfart", 6, 6, "64"),
        new("5800", "Nyborg", 6, 2, "65"), new("5600", "Faaborg", 4, 2, "62"), new("6000", "Kolding", 18, 6, "75"),
        new("6400", "Sønderborg", 10, 6, "74"), new("6200", "Aabenraa", 7, 6, "74"), new("6100", "Haderslev", 8, 6, "74"),
        new("6700", "Esbjerg", 15, 4, "75"), new("6710", "Esbjerg V", 6, 4, "75"), new("6760", "Ribe", 4, 4, "75"),
        new("6800", "Varde", 6, 4, "75"), new("7100", "Vejle", 17, 8, "75"), new("7000", "Fredericia", 12, 6, "75"),
        new("7400", "Herning", 15, 11, "97"), new("7500", "Holstebro", 10, 11, "97"), new("7800", "Skive", 6, 11, "97"),
        new("6950", "Ringkøbing", 4, 11, "97"), new("7430", "Ikast", 6, 11, "97"), new("8000", "Aarhus C", 36, 1, "86"),
        new("8200", "Aarhus N", 22, 1, "86"), new("8210", "Aarhus V", 14, 1, "86"), new("8260", "Viby J", 12, 1, "86"),
        new("8270", "Højbjerg", 11, 1, "86"), new("8600", "Silkeborg", 16, 1, "86"), new("8700", "Horsens", 17, 7, "75"),
        new("8660", "Skanderborg", 9, 7, "86"), new("8300", "Odder", 5, 7, "86"), new("8900", "Randers C", 10, 5, "86"),
        new("8920", "Randers NV", 6, 5, "86"), new("8500", "Grenaa", 5, 5, "86"), new("8400", "Ebeltoft", 4, 5, "86"),
        new("8800", "Viborg", 12, 5, "86"), new("9000", "Aalborg", 24, 3, "98"), new("9200", "Aalborg SV", 9, 3, "98"),
        new("9400", "Nørresundby", 9, 3, "98"), new("9800", "Hjørring", 9, 3, "98"), new("9900", "Frederikshavn", 8, 3, "98"),
        new("9500", "Hobro", 6, 5, "98"), new("9990", "Skagen", 3, 3, "98"), new("7700", "Thisted", 5, 3, "97"),
    ];

    public static readonly string[] DanishStreets =
    [
        "Nørregade", "Vestergade", "Østergade", "Søndergade", "Algade", "Skolegade", "Kirkegade", "Strandvejen", "Skovvej", "Møllevej",
        "Engvej", "Birkevej", "Bøgevej", "Egevej", "Lindevej", "Fyrrevej", "Granvej", "Rosenvej", "Tulipanvej", "Liljevej", "Solvej",
        "Parkvej", "Stationsvej", "Jernbanegade", "Havnegade", "Bakkevej", "Højvang", "Kløvervej", "Lærkevej", "Svanevej", "Mågevej",
        "Drosselvej", "Fasanvej", "Vibevej", "Præstevej", "Kongevejen", "Dronningensgade", "Frederiksgade", "Adelgade", "Torvegade",
        "Åboulevarden", "Åvej", "Bredgade", "Smedegade", "Industrivej", "Toftevej", "Teglværksvej", "Markvej", "Hedevej", "Elmevej",
        "Ahornvej", "Kastanievej", "Hasselvej", "Tjørnevej", "Enghavevej", "Godthåbsvej", "Øster Allé", "Vesterbrogade", "Ryesgade",
        "Sct. Knuds Vej", "H.C. Andersens Gade", "Rønnebærvej", "Brombærvej", "Kærvej", "Nygade", "Gammel Landevej",
    ];

    public static readonly BritishPlace[] Britain =
    [
        new("London", ["SE15", "N16", "E8", "SW11", "NW6", "W12", "SE22", "N8", "E17", "SW19"]),
        new("Manchester", ["M14", "M20", "M21", "M4"]),
        new("Birmingham", ["B13", "B15", "B29"]), new("Leeds", ["LS6", "LS8", "LS17"]), new("Sheffield", ["S7", "S11", "S10"]),
        new("Bristol", ["BS3", "BS6", "BS7"]), new("Edinburgh", ["EH3", "EH9", "EH10"]), new("Glasgow", ["G12", "G41", "G42"]),
        new("Liverpool", ["L15", "L17", "L18"]), new("Newcastle upon Tyne", ["NE2", "NE6"]), new("Nottingham", ["NG2", "NG5"]),
        new("Cardiff", ["CF5", "CF14"]), new("Brighton", ["BN1", "BN2"]), new("York", ["YO10", "YO31"]), new("Oxford", ["OX3", "OX4"]),
        new("Cambridge", ["CB1", "CB4"]), new("Bath", ["BA1", "BA2"]), new("Exeter", ["EX1", "EX4"]), new("Norwich", ["NR2", "NR4"]),
        new("Aberdeen", ["AB10", "AB25"]), new("Inverness", ["IV2", "IV3"]), new("Keswick", ["CA12"]), new("Kendal", ["LA9"]),
        new("Fort William", ["PH33"]), new("Llanberis", ["LL55"]), new("Skipton", ["BD23"]), new("Buxton", ["SK17"]),
    ];

    public static readonly string[] BritishStreets =
    [
        "High Street", "Station Road", "Church Road", "Park Road", "Victoria Road", "Green Lane", "Manor Road", "Kings Road", "Queens Road",
        "Mill Lane", "School Lane", "The Avenue", "London Road", "Grange Road", "Springfield Road", "Alexandra Road", "Albert Road",
        "York Road", "Windsor Road", "North Street", "South Street", "West End", "Oak Avenue", "Elm Grove", "Chestnut Close", "Beech Road",
        "Sycamore Drive", "Meadow View", "Hillside", "Orchard Way", "Cedar Close", "Moorland Terrace", "Castle Street", "Bridge Street",
        "Priory Lane", "Fell View", "Quarry Bank", "Cliff Road", "Heath Road", "Abbey Gardens",
    ];
}
