namespace Kendt.Unify.Matching.Normalise;

/// <summary>Names of persons: titles left out; which short form may stand for which name, Danish and English.</summary>
public static class Names
{
    private static readonly WordList Titles = new("mr mrs ms miss mx dr prof professor sir dame lord lady rev reverend hon hr herr fru frk froeken frue doktor dir direktoer jr sr junior senior ii iii iv phd md esq mba cand mag ing");

    private static readonly WordList Particles = new("von van der den de la le du di da af zu ter ten el al bin ibn mc mac st");

    // A row is a name and its short and other forms; a form may stand in several rows.
    private static readonly Dictionary<string, ulong> Rows = Read("""
        aleksander alexander alex aleks sandy xander alec sasha alessandro alejandro
        alexandra alex sandra sandy lexi aleksandra
        abigail abby gail
        abraham abe bram
        albert al bert bertie
        alfred alf fred alfie freddie
        alice allie ali elise
        amanda mandy
        amalie malie mali emilie
        andreas anders andrew andy drew andre andrea
        andrea andi andie
        angela angie angelina angelique
        ann anne anna annie anni anja ane hanna hannah
        annemarie anne marie
        annette anette nette
        anthony tony anton antonio toni
        arthur art artur
        barbara barb babs barbie
        beatrice bea trixie beate
        benjamin ben benny benji
        bernard bernie bernhard
        bente bent
        birgit birgitte gitte britta birgitta bridget
        bo bosse
        bodil bo
        brian bryan bryant
        caroline karoline carrie line carolina carol lina
        camilla kamilla milla cam
        carl karl calle charles charlie chuck carlos
        catherine katherine kathryn kathrine katrine catrine kate katie kathy cathy kat kitty trine kat karen katja katarina catharina katharina
        cecilie cecilia cille cecily celia sille
        charlotte lotte lottie charlie lotta
        christian kristian chris kris christen kristen
        christina kristina christine kristine tina stine chris kris chrissy tine christa krista
        christopher christoffer kristoffer chris kris kit topher stoffer
        claus klaus nicolaus
        daniel dan danny dannie
        daniela danielle dani
        david dave davey davy
        deborah debbie deb debra
        dennis denis denny
        dorothy dot dottie dolly dorothea dorte dorthe dorthea dorrit
        donald don donny
        douglas doug
        edward eddie eddy ed ted teddy ned edvard
        edwin ed eddie edvin
        eleanor ellie nell nora elinor eleonora ella
        elisabeth elizabeth liz beth betty lizzie lisbeth lise lis eliza betsy bess elsa else ellie libby elise lisa bettina
        emil emile
        emily emilie em emmy emma milly millie
        emma em emmy
        erik eric erich
        ernest ernie ernst
        eugene gene
        eva eve evie
        ferdinand ferdie
        flemming flem
        florence flo flora
        frances fran francesca franny frankie
        francis frank frans franz francois frankie
        frederik frederick frederic fred freddy freddie frede frits fritz
        frederikke rikke frida freddie
        gabriel gabe
        gabriella gaby gabi ella
        george georg joergen joerg georgie
        gerald gerry jerry gerard
        gertrude trudy gerda grethe
        gregory greg gregor gregers gregg
        gunnar gunner
        hans johannes johan jan hanne
        harold harry hal harald
        helen helene helena lene ellen elena nell lena
        henrik henry hank harry henning henrique heinrich hal
        henrietta henriette hetty etta jette
        holger holg
        ingeborg inge inga bo
        ingrid inger inge
        isabella isabel isabelle bella belle izzy isa isobel
        jacob jakob jake jack jaakob james
        jacqueline jackie jacqui
        james jim jimmy jamie jem
        janet jan jane janice jennie jeanette janett
        jason jay
        jeffrey jeff geoffrey geoff jeffery
        jennifer jen jenny jennie
        jens jensen jes jesper
        jeremy jerry jem jeremiah
        jessica jess jessie
        joan joanna joanne jo johanna hanne
        john johnny jack jon johnnie johan jan ian sean johannes hans jonny
        jonathan jon jonny johnathan jonatan nathan
        jonas jonah
        joseph joe joey josef jose joes
        josefine josephine fine jo josie fina josefina josephina
        joshua josh
        judith judy judi jytte
        julia julie jule jules juliane
        karin karen kaja katrine carina karina
        karla carla karoline carola
        kasper casper jesper caspar
        kenneth ken kenny kent
        kimberly kim kimberley
        kim joakim joachim
        kirsten kirstine kis kisser kirstin kirsty stine
        knud knut canute
        lars lasse laurits laurids lauritz lawrence laurence larry lorens lorenz
        laura laurie lauren lara
        leonard leo len lenny leon leonardo
        leslie les
        linda lin lindy belinda
        louise lou lulu lovise luise louisa
        louis lou lewis ludvig luis
        lucas lukas luke luca luka
        lucy lucia lucille lucie
        maddison maddie madison
        madeleine maddie madeline magdalene malene lene magda
        magnus mogens
        malcolm mal
        margaret maggie peggy meg marge margie margarethe margrethe grethe greta margit marit daisy merete mette megan rita marguerite
        maria marie mary mia maja ria molly polly mie marianne miriam
        mark marc marcus markus marco
        marianne mary anne
        martha marthe matty
        martin marty morten mart
        mathias matthias matias mads matthew matt mattias thias mathew matty matteo
        mathilde matilde tilde tilda matilda tilly mattie mathilda
        maximilian max maxwell
        melissa mel missy lissa
        michael mike mikael mikkel mick mickey micky michel mikey mich miguel michal
        michelle mickey shelly shell michaela mikaela
        nancy nan
        natalie nat nathalie natalia natasha
        nathaniel nathan nat nate
        nicholas nick nicolai nikolaj nicolaj nikolai nicky nicolas niklas nicklas niels nils klaus claus niko nico nikolas
        nicole nicki nikki nicola nicoline nikoline colette
        niels nils nis nels
        ole olaf oluf olav olof
        oliver ollie olivier
        olivia liv livia ollie
        oscar oskar ossie
        pamela pam
        patricia pat trish patty patsy tricia
        patrick pat paddy rick patrik
        paul poul pavel paulo povl pablo palle
        pauline paula pau
        penelope penny
        pernille nille pernilla petronella
        peter pete peder per petter pedro piet peer
        philip phillip phil filip pip
        rasmus ras erasmus
        raymond ray
        rebecca becky becca rebekka beck rebekah
        regina gina
        richard rick dick rich ricky richie rikard ricardo
        robert bob rob bobby robbie bert robin roberto
        roger rodge
        ronald ron ronnie ronny
        rose rosie rosa rosemary
        russell russ
        samantha sam sammy
        samuel sam sammy
        sandra sandy alexandra
        sarah sara sally sadie
        sebastian seb bastian
        sharon shari
        sigrid siri
        simon sim simone
        sofie sophie sofia sophia fie
        soeren severin soren sorn
        stephanie steph stefanie stefani
        stephen steven steve stefan steffen steffan stephan stevie
        stuart stu stewart
        susan susanne susanna sue suzanne susie suzy sus sanne suzie zanne
        svend sven svenn swen
        terence terry terrence
        theodor theodore theo ted teddy
        theresa teresa terry tess therese tessa
        thomas tom tommy tomas thom tomasz
        timothy tim timmy
        tobias toby tobi
        torben thorben
        ulrik ulrich ulla uli
        ulrikke ulrike rikke
        valdemar waldemar valde
        valerie val valeria
        vanessa nessa
        veronica ronnie vera veronika
        victor viktor vic
        victoria vicky viktoria vicki tori
        vincent vince vinnie vin
        virginia ginny ginger
        walter walt wally valter
        wilhelm vilhelm william will bill billy willy willie liam ville
        zachary zach zack zac
        """);

    /// <summary>Writes a folded name without its titles; a name that is nothing but titles stays.</summary>
    internal static void WithoutTitles(scoped ReadOnlySpan<byte> folded, ref Written into)
    {
        var words = new Words(folded);
        while (words.Next()) if (!Titles.Has(words.Current)) into.Word(words.Current);
        if (into.Length == 0) into.Append(folded);
    }

    /// <summary>
    /// Cuts a whole name into given names and surname: before and after a comma the other way round, else the last word and the particles
    /// before it (<c>von</c>, <c>de</c>) are the surname.
    /// </summary>
    internal static int Cut(ReadOnlySpan<byte> value, Span<byte> given, Span<byte> surname, out int surnameLength)
    {
        var comma = value.IndexOf((byte)',');
        Span<byte> room = stackalloc byte[512];
        if (comma > 0 && comma < value.Length - 1)
        {
            var first = new Written(given);
            WithoutTitles(room[..Folded.Write(value[(comma + 1)..], room)], ref first);
            var last = new Written(surname);
            WithoutTitles(room[..Folded.Write(value[..comma], room)], ref last);
            surnameLength = last.Length;
            return first.Length;
        }
        Span<byte> clean = stackalloc byte[512];
        var whole = new Written(clean);
        WithoutTitles(room[..Folded.Write(value, room)], ref whole);
        var text = whole.Text;
        var space = text.LastIndexOf((byte)' ');
        while (space > 0 && text[..space].LastIndexOf((byte)' ') is var before and > 0 && Particles.Has(text[(before + 1)..space])) space = before;
        if (space < 0)
        {
            surnameLength = 0;
            text.CopyTo(given);
            return text.Length;
        }
        text[(space + 1)..].CopyTo(surname);
        surnameLength = text.Length - space - 1;
        text[..space].CopyTo(given);
        return space;
    }

    /// <summary>The rows in which a name stands, up to four, 16 bits each; 0 if none. Names with a row in common may be one.</summary>
    public static ulong Aliases(ReadOnlySpan<byte> word)
    {
        if (word.Length is < 2 or > 16) return 0;
        Span<char> characters = stackalloc char[word.Length];
        for (var i = 0; i < word.Length; i++) characters[i] = (char)word[i];
        return Rows.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(characters, out var rows) ? rows : 0;
    }

    /// <summary>Whether two names stand in a row in common.</summary>
    public static bool ShareAlias(ulong left, ulong right)
    {
        if (left == 0 || right == 0) return false;
        for (; left != 0; left >>= 16)
        {
            var row = left & 0xffff;
            for (var other = right; other != 0; other >>= 16) if ((other & 0xffff) == row) return true;
        }
        return false;
    }

    private static Dictionary<string, ulong> Read(string text)
    {
        var rows = new Dictionary<string, ulong>(StringComparer.Ordinal);
        var number = 0UL;
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            number++;
            foreach (var name in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                var known = rows.GetValueOrDefault(name);
                if (known >> 48 == 0 && (known & 0xffff) != number) rows[name] = known << 16 | number;
            }
        }
        return rows;
    }
}
