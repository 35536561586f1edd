namespace LuohuIOC.Notices;

/// <summary>What came of one message to one recipient.</summary>
/// <param name="Delivered">The recipient's server took it.</param>
/// <param name="Answer">What the server said, or what failed, in one line; null where nothing is to be said.</param>
/// <param name="Unanswered">Not delivered as far as is known: it was handed over, and the server did not say in time what it made of it.</param>
internal readonly record struct NoticeResult(bool Delivered, string? Answer, bool Unanswered = false);

/// <summary>A way to recipients of one channel.</summary>
internal interface INoticeSender
{
    NoticeChannel Channel { get; }

    /// <summary>So long a connection may take.</summary>
    static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of title and text in UTF-8 that the recipient's server takes at most.</summary>
    int BytesMax(Recipient recipient);

    /// <summary>Sends once. What fails outside of this program is a result and no exception; a time that is up once the message has been handed over is one.</summary>
    Task<NoticeResult> SendAsync(Recipient recipient, NoticeMessage message, CancellationToken cancellation);
}
