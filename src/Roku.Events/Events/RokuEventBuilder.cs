namespace Roku.Events;

/// <summary>Builds one <see cref="RokuEvent"/>; started by <see cref="RokuEvent.Create"/> or <see cref="RokuEvent.ToBuilder"/>, used once.</summary>
/// <remarks>
/// Methods never throw for a bad value: <see cref="Build"/> reports every mistake at once. Not thread-safe.
/// </remarks>
public sealed class RokuEventBuilder
{
    private static readonly TimeSpan FutureTolerance = TimeSpan.FromHours(1);

    // The year 5138 in seconds, 1973 in milliseconds: no purchase lies beyond either.
    private const long SmallestMilliseconds = 100_000_000_000;

    private readonly EventName _name;
    private readonly TimeProvider _timeProvider;
    private EventSource _source;
    private string? _id;
    private long? _unixSeconds;
    private string? _pageUrl;
    private string? _referrerUrl;
    private bool? _limitedDataUse;
    private UserData? _userData;
    private CustomData? _customData;
    private List<EventProblem>? _problems;
    private bool _built;

    internal RokuEventBuilder(EventName name, IdentifierHasher hasher, TimeProvider timeProvider)
    {
        _name = name;
        _timeProvider = timeProvider;
        Hasher = hasher;
    }

    internal RokuEventBuilder(RokuEvent rokuEvent, TimeProvider timeProvider)
        : this(rokuEvent.Name, rokuEvent.EmailHasher ?? rokuEvent.PhoneHasher ?? IdentifierHasher.Default, timeProvider)
    {
        _source = rokuEvent.Source;
        _id = rokuEvent.Id;
        _unixSeconds = rokuEvent.UnixSeconds;
        _pageUrl = rokuEvent.PageUrl;
        _referrerUrl = rokuEvent.ReferrerUrl;
        _limitedDataUse = rokuEvent.LimitedDataUseFlag;
        _userData = rokuEvent.UserData.Copy();
        _customData = rokuEvent.CustomData?.Copy();
        HashedEmailByRule = rokuEvent.EmailHasher is not null;
        HashedPhoneByRule = rokuEvent.PhoneHasher is not null;
    }

    internal IdentifierHasher Hasher { get; }

    internal bool HashedEmailByRule { get; set; }

    internal bool HashedPhoneByRule { get; set; }

    internal UserData UserData
    {
        get
        {
            ThrowIfBuilt();
            return _userData ??= new UserData();
        }
    }

    internal CustomData CustomData
    {
        get
        {
            ThrowIfBuilt();
            return _customData ??= new CustomData();
        }
    }

    /// <summary>Where it happened: <c>event_source</c>. Required.</summary>
    public RokuEventBuilder From(EventSource source)
    {
        ThrowIfBuilt();
        _source = source;
        return this;
    }

    /// <summary>The event's id: <c>event_id</c>. Null or empty: a UUID (version 7) is made.</summary>
    /// <param name="eventId">
    /// Give the browser pixel and this event the same id: Roku counts both once when they arrive within 10 minutes of each
    /// other. It appears in logs and errors, so it must not be personal.
    /// </param>
    public RokuEventBuilder WithId(string? eventId)
    {
        ThrowIfBuilt();
        _id = string.IsNullOrWhiteSpace(eventId) ? null : eventId.Trim();
        return this;
    }

    /// <summary>When it happened: <c>event_time</c>, sent in whole seconds. Left out: the moment of <see cref="Build"/>.</summary>
    /// <param name="time">At most one hour in the future; Roku refuses more.</param>
    public RokuEventBuilder At(DateTimeOffset time)
    {
        ThrowIfBuilt();
        _unixSeconds = time.ToUnixTimeSeconds();
        return this;
    }

    /// <summary>When it happened, in seconds (not milliseconds) since 1970 UTC: <c>event_time</c>.</summary>
    /// <param name="unixSeconds">At most one hour in the future; Roku refuses more. Milliseconds are recognized and refused.</param>
    public RokuEventBuilder At(long unixSeconds)
    {
        ThrowIfBuilt();
        _unixSeconds = unixSeconds;
        return this;
    }

    /// <summary>The page it happened on and the page before it: <c>event_source_url</c> and <c>referrer_url</c>, sent plain.</summary>
    /// <param name="url">Absolute address. Take personal data out of its query string: it is not hashed.</param>
    /// <param name="referrer">Absolute address; null when not known.</param>
    public RokuEventBuilder OnPage(string? url, string? referrer = null)
    {
        ThrowIfBuilt();
        _pageUrl = AbsoluteUrl("event_source_url", url);
        _referrerUrl = AbsoluteUrl("referrer_url", referrer);
        return this;
    }

    /// <summary>Raises (or with false lowers) Roku's Limited Data Use flag for this event: <c>opt_out</c>. Not called: not sent.</summary>
    public RokuEventBuilder WithLimitedDataUse(bool limited = true)
    {
        ThrowIfBuilt();
        _limitedDataUse = limited;
        return this;
    }

    /// <summary>Says who the event is about: <c>user_data</c>. Required, with at least one identifier that Roku matches by.</summary>
    public RokuEventBuilder WithUser(Action<UserDataBuilder> user)
    {
        ArgumentNullException.ThrowIfNull(user);
        ThrowIfBuilt();
        user(new UserDataBuilder(this));
        return this;
    }

    /// <summary>Says what the event is worth and about: <c>custom_data</c>.</summary>
    public RokuEventBuilder WithCustomData(Action<CustomDataBuilder> customData)
    {
        ArgumentNullException.ThrowIfNull(customData);
        ThrowIfBuilt();
        customData(new CustomDataBuilder(this));
        return this;
    }

    /// <summary>Checks everything and makes the event. The builder cannot be used afterwards, whether it built or threw.</summary>
    /// <exception cref="RokuEventValidationException">Some field breaks a rule; lists every mistake.</exception>
    /// <exception cref="InvalidOperationException">Called before.</exception>
    public RokuEvent Build()
    {
        ThrowIfBuilt();
        var now = _timeProvider.GetUtcNow();
        var unixSeconds = _unixSeconds ?? now.ToUnixTimeSeconds();
        CheckNames();
        CheckTime(unixSeconds, now);
        if (_userData is not { HasMatchKey: true } && !HasBadMatchKey)
        {
            Report("user_data", "has no identifier to match by; give at least one of e-mail, phone, IP address, or a Roku, Google or Apple advertising id (names, places and dates alone do not match)");
        }

        _built = true;
        if (_problems is not null)
        {
            throw new RokuEventValidationException(_id, _problems);
        }

        return new RokuEvent(_id ?? Uuid7.Create(now), unixSeconds, _userData!)
        {
            Name = _name,
            Source = _source,
            PageUrl = _pageUrl,
            ReferrerUrl = _referrerUrl,
            LimitedDataUseFlag = _limitedDataUse,
            CustomData = _customData,
            EmailHasher = HashedEmailByRule ? Hasher : null,
            PhoneHasher = HashedPhoneByRule ? Hasher : null,
        };
    }

    internal void Report(string path, string problem)
    {
        ThrowIfBuilt();
        (_problems ??= []).Add(new EventProblem(path, problem));
    }

    private void CheckNames()
    {
        if (!_name.HasValidShape)
        {
            Report("event_name", $"'{_name}' is not of capital letters, digits and underscores; write it as EventName has it, such as 'PURCHASE'");
        }

        if (_source == default)
        {
            Report("event_source", "is missing; say From(EventSource.Website) or where else it happened");
        }
        else if (!_source.HasValidShape)
        {
            Report("event_source", $"'{_source}' is not of lower-case letters, digits, underscores and hyphens; write it as EventSource has it, such as 'website'");
        }
    }

    private void CheckTime(long unixSeconds, DateTimeOffset now)
    {
        if (unixSeconds >= SmallestMilliseconds)
        {
            Report("event_time", $"{unixSeconds} looks like milliseconds; Roku takes seconds since 1970 ({unixSeconds / 1000})");
        }
        else if (unixSeconds <= 0)
        {
            Report("event_time", $"{unixSeconds} lies before 1970, as a time that was never set does; give the time it happened");
        }
        else if (unixSeconds > (now + FutureTolerance).ToUnixTimeSeconds())
        {
            Report("event_time", $"{unixSeconds} lies {(unixSeconds - now.ToUnixTimeSeconds() + 59) / 60} minutes in the future and Roku takes at most 60; see whether it is local time read as UTC");
        }
    }

    private string? AbsoluteUrl(string path, string? url)
    {
        if (string.IsNullOrWhiteSpace(url))
        {
            return null;
        }

        url = url.Trim();

        // "shop.example:8080/cart" parses as the scheme "shop.example", "/cart" as a file.
        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || !url.AsSpan(Math.Min(parsed.Scheme.Length, url.Length)).StartsWith("://"))
        {
            Report(path, "is not an absolute address; write it with its scheme, such as https://shop.example/checkout");
        }

        return url;
    }

    // Mended, it will match: to ask for another as well would mislead.
    private bool HasBadMatchKey =>
        _problems?.Exists(problem => problem.Path is "user_data.em" or "user_data.ph" or "user_data.client_ip_address") ?? false;

    private void ThrowIfBuilt()
    {
        if (_built)
        {
            throw new InvalidOperationException("This builder was used: it builds one event. Start another with RokuEvent.Create.");
        }
    }
}
