// The part of libsrtp 3's interface that the worker uses, over the libsrtp 2 of the distribution.
//
// What differs: version 3 has policy objects with setters where version 2 has a struct to fill in, and its
// protect/unprotect calls read from one buffer and write into another where version 2 works in place.
// Everything else (init, events, profiles, dealloc) has the same name and meaning in both.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <srtp2/srtp.h>

// Status values that libsrtp 2 lacks. The worker only names them in a table; they stay inside the range of the
// enum (its last real value is 27, so five bits).
inline constexpr auto srtp_err_status_buffer_small = static_cast<srtp_err_status_t>(30);
inline constexpr auto srtp_err_status_cryptex_err  = static_cast<srtp_err_status_t>(31);

namespace srtp_bridge
{
    struct Policy
    {
        ::srtp_policy_t policy{};
        unsigned char masterKey[SRTP_MAX_KEY_LEN]{}; // policy.key points here
    };

    // What SRTCP appends beyond SRTP's trailer: the E flag and the packet index.
    inline constexpr size_t rtcpIndexLen = sizeof(uint32_t);

    // Runs an in-place call of libsrtp 2 as an out-of-place one: `room` is what the call may append.
    template<typename InPlace>
    srtp_err_status_t outOfPlace(
      InPlace call, srtp_t session, const uint8_t* in, size_t inLen, uint8_t* out, size_t* outLen, size_t room)
    {
        if (*outLen < inLen + room)
        {
            return srtp_err_status_buffer_small;
        }

        if (in != out)
        {
            std::memmove(out, in, inLen);
        }

        int len                     = static_cast<int>(inLen);
        const srtp_err_status_t err = call(session, out, &len);

        *outLen = static_cast<size_t>(len);

        return err;
    }
}

inline srtp_err_status_t srtp_policy_create(srtp_bridge::Policy** policy)
{
    *policy = new srtp_bridge::Policy();

    return srtp_err_status_ok;
}

inline void srtp_policy_destroy(srtp_bridge::Policy* policy)
{
    delete policy;
}

inline srtp_err_status_t srtp_policy_set_ssrc(srtp_bridge::Policy* policy, srtp_ssrc_t ssrc)
{
    policy->policy.ssrc = ssrc;

    return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_profile(srtp_bridge::Policy* policy, srtp_profile_t profile)
{
    const srtp_err_status_t err = srtp_crypto_policy_set_from_profile_for_rtp(&policy->policy.rtp, profile);

    return err ? err : srtp_crypto_policy_set_from_profile_for_rtcp(&policy->policy.rtcp, profile);
}

inline srtp_err_status_t srtp_policy_add_key(
  srtp_bridge::Policy* policy,
  const uint8_t* key,
  size_t keyLen,
  const uint8_t* salt,
  size_t saltLen,
  const uint8_t* /*mki*/,
  size_t mkiLen)
{
    if (mkiLen != 0 || keyLen + saltLen > sizeof(policy->masterKey))
    {
        return srtp_err_status_bad_param;
    }

    std::memcpy(policy->masterKey, key, keyLen);
    std::memcpy(policy->masterKey + keyLen, salt, saltLen);
    policy->policy.key = policy->masterKey;

    return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_allow_repeat_tx(srtp_bridge::Policy* policy, bool allow)
{
    policy->policy.allow_repeat_tx = allow;

    return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_window_size(srtp_bridge::Policy* policy, size_t packets)
{
    policy->policy.window_size = packets;

    return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_create(srtp_t* session, srtp_bridge::Policy* policy)
{
    return ::srtp_create(session, &policy->policy);
}

inline srtp_err_status_t srtp_stream_remove(srtp_t session, uint32_t ssrc)
{
    return ::srtp_remove_stream(session, ssrc);
}

inline srtp_err_status_t srtp_protect(
  srtp_t session, const uint8_t* rtp, size_t rtpLen, uint8_t* srtp, size_t* srtpLen, size_t /*mkiIndex*/)
{
    using InPlace = srtp_err_status_t (*)(srtp_t, void*, int*);

    return srtp_bridge::outOfPlace(
      static_cast<InPlace>(::srtp_protect), session, rtp, rtpLen, srtp, srtpLen, SRTP_MAX_TRAILER_LEN);
}

inline srtp_err_status_t srtp_unprotect(
  srtp_t session, const uint8_t* srtp, size_t srtpLen, uint8_t* rtp, size_t* rtpLen)
{
    using InPlace = srtp_err_status_t (*)(srtp_t, void*, int*);

    return srtp_bridge::outOfPlace(static_cast<InPlace>(::srtp_unprotect), session, srtp, srtpLen, rtp, rtpLen, 0);
}

inline srtp_err_status_t srtp_protect_rtcp(
  srtp_t session, const uint8_t* rtcp, size_t rtcpLen, uint8_t* srtcp, size_t* srtcpLen, size_t /*mkiIndex*/)
{
    using InPlace = srtp_err_status_t (*)(srtp_t, void*, int*);

    return srtp_bridge::outOfPlace(
      static_cast<InPlace>(::srtp_protect_rtcp),
      session,
      rtcp,
      rtcpLen,
      srtcp,
      srtcpLen,
      SRTP_MAX_TRAILER_LEN + srtp_bridge::rtcpIndexLen);
}

inline srtp_err_status_t srtp_unprotect_rtcp(
  srtp_t session, const uint8_t* srtcp, size_t srtcpLen, uint8_t* rtcp, size_t* rtcpLen)
{
    using InPlace = srtp_err_status_t (*)(srtp_t, void*, int*);

    return srtp_bridge::outOfPlace(
      static_cast<InPlace>(::srtp_unprotect_rtcp), session, srtcp, srtcpLen, rtcp, rtcpLen, 0);
}

// Last, because from here on the name means version 3's opaque pointer.
#define srtp_policy_t srtp_bridge::Policy*
