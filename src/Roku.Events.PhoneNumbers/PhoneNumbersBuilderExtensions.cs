using Microsoft.Extensions.DependencyInjection;
using PhoneNumbers;

namespace Roku.Events;

/// <summary>Parses phone numbers of all regions with libphonenumber, for Roku's E.164 rule.</summary>
public static class PhoneNumbersBuilderExtensions
{
    /// <summary>Makes this client hash phone numbers by <see cref="PhoneRule.E164"/> and read national numbers as of a region.</summary>
    /// <param name="builder">The client.</param>
    /// <param name="defaultRegion">Two-letter ISO 3166 region of numbers written without country code, such as <c>US</c>.</param>
    /// <exception cref="ArgumentException">The region is not one that libphonenumber knows.</exception>
    public static RokuEventsBuilder UsePhoneNumbers(this RokuEventsBuilder builder, string defaultRegion)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var parser = Parser(defaultRegion);
        builder.Services.PostConfigure<RokuEventsOptions>(builder.Name, options => options.Identifiers.UsePhoneParser(parser));
        return builder;
    }

    /// <summary>Makes hashers of these options hash phone numbers by <see cref="PhoneRule.E164"/> and read national numbers as of a region.</summary>
    /// <inheritdoc cref="UsePhoneNumbers(RokuEventsBuilder, string)"/>
    public static IdentifierOptions UsePhoneNumbers(this IdentifierOptions options, string defaultRegion)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.UsePhoneParser(Parser(defaultRegion));
        return options;
    }

    private static Func<string, string?> Parser(string defaultRegion)
    {
        ArgumentNullException.ThrowIfNull(defaultRegion);
        var util = PhoneNumberUtil.GetInstance();
        var region = defaultRegion.ToUpperInvariant();
        if (!util.GetSupportedRegions().Contains(region))
        {
            throw new ArgumentException($"'{defaultRegion}' is not a region of phone numbers. Use two letters of ISO 3166, such as US or GB.", nameof(defaultRegion));
        }

        return phone =>
        {
            try
            {
                // libphonenumber turns letters into keypad digits ("1-800-FLOWERS"); nobody's own number is written so.
                var number = util.Parse(phone, region);
                return util.IsValidNumber(number) && !util.IsAlphaNumber(phone) ? util.Format(number, PhoneNumberFormat.E164) : null;
            }
            catch (NumberParseException)
            {
                // Its message may quote the number.
                return null;
            }
        };
    }
}
