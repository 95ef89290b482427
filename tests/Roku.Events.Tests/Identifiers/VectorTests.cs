using System.Text;

namespace Roku.Events.Tests.Identifiers;

public sealed class VectorTests
{
    private static readonly IdentifierHasher Guide = IdentifierHasher.Default;
    private static readonly IdentifierHasher Reference = new(new IdentifierOptions { PhoneRule = PhoneRule.E164, DropEmailAlias = true, DefaultCallingCode = "1" });

    [Theory]
    [InlineData("test@example.com", "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b")]
    [InlineData("+1234567890", "422ce82c6fc1724ac878042f7d055653ab5e983d186e616826a72d4384b68af8")]
    [InlineData("123", "a665a45920422f9d417e4867efdc4fb8a04a1f3fff1fa07e998e86f7f7a27ae3")]
    [InlineData("bugsbunny@warnerbros.com", "67e28cdcc3e845d3a4da05ca9fe5ddb7320a83b4cc2167f0555a3b04f63511e3")]
    [InlineData("daffyduck@warnerbros.com", "2d2fb2388f17f86affee71d632978425a3037fa8eed5b3f2baaa458c80d495ed")]
    [InlineData("+12345678901234", "00a63bd0437d6ca0fa7b95c00ab2e7c020faa71440e5246750d6b517689e6777")]
    [InlineData("+98765432109876", "ce7b12d132a021393e793d21d6e8e673ac06042922b73cc10f2d7db597657a4a")]
    [InlineData("5105550011", "cf9b0227ee02d8f8f9dbb6060fa2941bb667efc71f6ee2e6ee17b40121a5f4a6")]
    [InlineData("m", "62c66a7a5dd70c3146618063c344e531e6d4b59e379808443ce962b3abd63c5a")]
    [InlineData("ABC12345", "2221aa193aea3b3fdee120c146c302fdb6ea606dbf4dfc5e1d587ec4b1aedf74")]
    [InlineData("+16505551212", "1e231c66011e7a2d867a9cfae267a6aff103cf4913640b6e71a99850fc0ffbc8")]
    [InlineData("test@abc.com", "d3142c8f9c9129484daf28df80cc5c955791efed5e69afabb603bc8cb9ffd419")]
    [InlineData("john@example.com", "855f96e983f1f8e8be944692b6f719fd54329826cb62e98015efee8e2e071dd4")]
    [InlineData("obrien", "b4cb6cb33fe4b865868de825023a1e2790dc12ac01ecc8d7c5afe8254071c8ba")]
    [InlineData("19970216", "01acdbf6ec7b4f478a225f1a246e5d6767eeab1a7ffa17f025265b5b94f40f0c")]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    public void Hashes_text_to_the_published_digest(string text, string digest) =>
        Assert.Equal(digest, IdentifierHash.OfUtf8(Encoding.UTF8.GetBytes(text)).ToString());

    [Theory]
    [InlineData("test@gmail.com", "87924606", "ca674")]
    [InlineData("Test@gmail.com", "60b7750a", "985d6")]
    [InlineData("a b", "c8687a08", "6d65")]
    [InlineData("ab", "fb8e20fc", "0603")]
    public void Hashes_text_to_the_digest_published_in_part(string text, string head, string tail)
    {
        var hash = IdentifierHash.OfUtf8(Encoding.UTF8.GetBytes(text)).ToString();

        Assert.StartsWith(head, hash);
        Assert.EndsWith(tail, hash);
    }

    [Theory]
    [InlineData("test@example.com", "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b")]
    [InlineData(" BugsBunny@WarnerBros.com ", "67e28cdcc3e845d3a4da05ca9fe5ddb7320a83b4cc2167f0555a3b04f63511e3")]
    [InlineData("daffyduck@warnerbros.com", "2d2fb2388f17f86affee71d632978425a3037fa8eed5b3f2baaa458c80d495ed")]
    [InlineData("test@abc.com", "d3142c8f9c9129484daf28df80cc5c955791efed5e69afabb603bc8cb9ffd419")]
    [InlineData(" John+Promo@Example.com ", "5e3019f7f14fb166b18e60233b9df2191af3c511a1f4c8bc0944b95fbd4866ed")]
    [InlineData("Jane.Doe@gmail.com", "831f6494ad6be4fcb3a724c3d5fef22d3ceffa3c62ef3a7984e45a0ea177f982")]
    public void Keeps_the_email_alias_by_the_guide(string email, string digest) =>
        Assert.Equal(digest, Guide.HashEmail(email).ToString());

    [Theory]
    [InlineData(" John+Promo@Example.com ", "855f96e983f1f8e8be944692b6f719fd54329826cb62e98015efee8e2e071dd4")]
    [InlineData("user.name+tag@domain.co.uk", "77aea7b6f194c25fb5856b7a5ec115cb863253e7821f71ce430697a2e17f9a39")]
    [InlineData("Jane.Doe@gmail.com", "831f6494ad6be4fcb3a724c3d5fef22d3ceffa3c62ef3a7984e45a0ea177f982")]
    public void Drops_the_email_alias_by_the_current_reference(string email, string digest) =>
        Assert.Equal(digest, Reference.HashEmail(email).ToString());

    [Theory]
    [InlineData("+1 415 555 0142", "61c16289716534ac3a5992f613d7a9fefa5e9c12b8fd27f187387da9efeafd8c")]
    [InlineData("4155550142", "4d4be7fa83dae4aa5996c2a3afb61b6b4e68de0f18b61296ebbfb1420e90db7f")]
    [InlineData("+1 (616) 954-78 88", "bb2fa2e6d2cea4746530c99686d0c7886ab2019875dca2d7e9e171c0e6ada00d")]
    [InlineData("+44 20 7946 0958", "35e206e5dec4c89b9e8b71b8c32724a5bb518483ac5a20c6617d738375b3b823")]
    [InlineData("510 555 0011", "cf9b0227ee02d8f8f9dbb6060fa2941bb667efc71f6ee2e6ee17b40121a5f4a6")]
    [InlineData("123", "a665a45920422f9d417e4867efdc4fb8a04a1f3fff1fa07e998e86f7f7a27ae3")]
    public void Hashes_a_phone_as_digits_by_the_guide(string phone, string digest) =>
        Assert.Equal(digest, Guide.HashPhone(phone).ToString());

    [Theory]
    [InlineData("(415) 555-0142", "abbf04d6f629b136344993dfb197f1fd9296f712eaf103ebc22b1cc29fb0f135")]
    [InlineData("+1 (616) 954-78 88", "0a36809ca24463df1133c40c2e2fa2b7f180038fe7d86bd1923a32a1a54dfe58")]
    [InlineData("+44 20 7946 0958", "f0bf0228144d9fe2bdf1da2d8ca698f17bf1410ee688b075c27062e47b6f0b6d")]
    [InlineData("+33 1 42 86 83 26", "cf36a794dad9c0305915cde631114cc02ed04b5d43ed8e749085dd35d07e105b")]
    [InlineData("+33 (0)1 42 86 83 26", "cf36a794dad9c0305915cde631114cc02ed04b5d43ed8e749085dd35d07e105b")]
    [InlineData("1-650-555   - 1212 x450", "1e231c66011e7a2d867a9cfae267a6aff103cf4913640b6e71a99850fc0ffbc8")]
    [InlineData("+1 (650)555-1212", "1e231c66011e7a2d867a9cfae267a6aff103cf4913640b6e71a99850fc0ffbc8")]
    [InlineData("+98765432109876", "ce7b12d132a021393e793d21d6e8e673ac06042922b73cc10f2d7db597657a4a")]
    public void Hashes_a_phone_as_e164_by_the_current_reference(string phone, string digest) =>
        Assert.Equal(digest, Reference.HashPhone(phone).ToString());

    [Theory]
    [InlineData(" John ", "96d9632f363564cc3032521409cf22a852f2032eec099ed5967c0d000cec607a")]
    [InlineData("O'Brien", "65b87174be3b1b122e2b0929f0b84888637d31a4a83bb96a860bcff411f5e668")]
    [InlineData("JOSÉ", "d994e1d001886fe5b45b1267bd1fa2b752ac50742579bd3dad7b2a2aa0ed6866")]
    public void Hashes_first_and_last_names_alike(string name, string digest)
    {
        Assert.Equal(digest, Guide.HashFirstName(name).ToString());
        Assert.Equal(digest, Guide.HashLastName(name).ToString());
    }

    [Theory]
    [InlineData("M", "0d248e82c62c9386878327d491c762a002152d42ab2c391a31c44d9f62675ddf")]
    [InlineData("Male", "0d248e82c62c9386878327d491c762a002152d42ab2c391a31c44d9f62675ddf")]
    [InlineData("f", "9f165139a8c2894a47aea23b77d330eca847264224a44d5a17b19db8b9a72c08")]
    [InlineData(" FEMALE ", "9f165139a8c2894a47aea23b77d330eca847264224a44d5a17b19db8b9a72c08")]
    [InlineData("nonbinary", "b23a6a8439c0dde5515893e7c90c1e3233b8616e634470f20dc4928bcf3609bc")]
    [InlineData("unknown", "b23a6a8439c0dde5515893e7c90c1e3233b8616e634470f20dc4928bcf3609bc")]
    public void Hashes_a_gender_as_male_female_or_unknown(string gender, string digest) =>
        Assert.Equal(digest, Guide.HashGender(gender).ToString());

    [Fact]
    public void Hashes_a_birth_date_however_it_is_given()
    {
        const string Digest = "903192ebb69f81d518c7718d70124023b0cab5c7a5da0aa5eee6bbdf61f43ef8";

        Assert.Equal(Digest, Guide.HashBirthDate("2/16/1997", "M/d/yyyy").ToString());
        Assert.Equal(Digest, Guide.HashBirthDate(" 1997-02-16 ").ToString());
        Assert.Equal(Digest, Guide.HashBirthDate(new DateOnly(1997, 2, 16)).ToString());
    }
}
