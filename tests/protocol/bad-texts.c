/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bad-texts.h"

#define BAD(name, text)         \
  {                             \
    name, text, sizeof text - 1 \
  }

/* clang-format off */
const BadText bad_texts[] = {
  /* in the middle of good text */
  BAD ("surrogate after Greek",
       "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80" "edited"),
  BAD ("too high after Greek",
       "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xf4\x90\x80\x80" "edited"),
  BAD ("FF in ASCII", "Hello\xff, world"),
  BAD ("continuation in ASCII", "Hello\x80, world"),

  /* good text that is cut in a character */
  BAD ("cut after CE", "\xce"),
  BAD ("cut after CE BA E1", "\xce\xba\xe1"),
  BAD ("cut after CE BA E1 BD", "\xce\xba\xe1\xbd"),
  BAD ("cut after E1 BD B9 CF", "\xce\xba\xe1\xbd\xb9\xcf"),
  BAD ("cut after CF 83 CE", "\xce\xba\xe1\xbd\xb9\xcf\x83\xce"),
  BAD ("cut after CE BC CE", "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce"),

  /* forms of five and six bytes */
  BAD ("first of five bytes", "\xf8\x88\x80\x80\x80"),
  BAD ("first of six bytes", "\xfc\x84\x80\x80\x80\x80"),
  BAD ("last of four bytes", "\xf7\xbf\xbf\xbf"),
  BAD ("last of five bytes", "\xfb\xbf\xbf\xbf\xbf"),
  BAD ("last of six bytes", "\xfd\xbf\xbf\xbf\xbf\xbf"),
  BAD ("first beyond U+10FFFF", "\xf4\x90\x80\x80"),

  /* continuations without a lead */
  BAD ("continuation 80", "\x80"),
  BAD ("continuation BF", "\xbf"),
  BAD ("two continuations", "\x80\xbf"),
  BAD ("three continuations", "\x80\xbf\x80"),
  BAD ("four continuations", "\x80\xbf\x80\xbf"),
  BAD ("five continuations", "\x80\xbf\x80\xbf\x80"),
  BAD ("six continuations", "\x80\xbf\x80\xbf\x80\xbf"),
  BAD ("seven continuations", "\x80\xbf\x80\xbf\x80\xbf\x80"),
  BAD ("all continuations",
       "\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f"
       "\x90\x91\x92\x93\x94\x95\x96\x97\x98\x99\x9a\x9b\x9c\x9d\x9e\x9f"
       "\xa0\xa1\xa2\xa3\xa4\xa5\xa6\xa7\xa8\xa9\xaa\xab\xac\xad\xae\xaf"
       "\xb0\xb1\xb2\xb3\xb4\xb5\xb6\xb7\xb8\xb9\xba\xbb\xbc\xbd\xbe\xbf"),

  /* leads without a continuation */
  BAD ("leads of two bytes",
       "\xc0 \xc1 \xc2 \xc3 \xc4 \xc5 \xc6 \xc7 \xc8 \xc9 \xca \xcb \xcc \xcd "
       "\xce \xcf "
       "\xd0 \xd1 \xd2 \xd3 \xd4 \xd5 \xd6 \xd7 \xd8 \xd9 \xda \xdb \xdc \xdd "
       "\xde \xdf "),
  BAD ("leads of three bytes",
       "\xe0 \xe1 \xe2 \xe3 \xe4 \xe5 \xe6 \xe7 \xe8 \xe9 \xea \xeb \xec \xed "
       "\xee \xef "),
  BAD ("leads of four bytes", "\xf0 \xf1 \xf2 \xf3 \xf4 \xf5 \xf6 \xf7 "),
  BAD ("leads of five bytes", "\xf8 \xf9 \xfa \xfb "),
  BAD ("leads of six bytes", "\xfc \xfd "),
  BAD ("lead C2 and a blank", "\xc2 "),
  BAD ("lead E1 and a blank", "\xe1 "),
  BAD ("lead F1 and a blank", "\xf1 "),

  /* the last byte is missing */
  BAD ("U+0000 overlong, cut: two", "\xc0"),
  BAD ("U+0000 overlong, cut: three", "\xe0\x80"),
  BAD ("U+0000 overlong, cut: four", "\xf0\x80\x80"),
  BAD ("U+0000 overlong, cut: five", "\xf8\x80\x80\x80"),
  BAD ("U+0000 overlong, cut: six", "\xfc\x80\x80\x80\x80"),
  BAD ("U+07FF, cut", "\xdf"),
  BAD ("U+FFFF, cut", "\xef\xbf"),
  BAD ("U+1FFFFF, cut", "\xf7\xbf\xbf"),
  BAD ("U+3FFFFFF, cut", "\xfb\xbf\xbf\xbf"),
  BAD ("U+7FFFFFFF, cut", "\xfd\xbf\xbf\xbf\xbf"),
  BAD ("all of these in a row",
       "\xc0\xe0\x80\xf0\x80\x80\xf8\x80\x80\x80\xfc\x80\x80\x80\x80"
       "\xdf\xef\xbf\xf7\xbf\xbf\xfb\xbf\xbf\xbf\xfd\xbf\xbf\xbf\xbf"),

  /* bytes that never occur */
  BAD ("FE", "\xfe"),
  BAD ("FF", "\xff"),
  BAD ("FE FE FF FF", "\xfe\xfe\xff\xff"),

  /* overlong forms */
  BAD ("slash in two bytes", "\xc0\xaf"),
  BAD ("slash in three bytes", "\xe0\x80\xaf"),
  BAD ("slash in four bytes", "\xf0\x80\x80\xaf"),
  BAD ("slash in five bytes", "\xf8\x80\x80\x80\xaf"),
  BAD ("slash in six bytes", "\xfc\x80\x80\x80\x80\xaf"),
  BAD ("highest overlong of two bytes", "\xc1\xbf"),
  BAD ("highest overlong of three bytes", "\xe0\x9f\xbf"),
  BAD ("highest overlong of four bytes", "\xf0\x8f\xbf\xbf"),
  BAD ("highest overlong of five bytes", "\xf8\x87\xbf\xbf\xbf"),
  BAD ("highest overlong of six bytes", "\xfc\x83\xbf\xbf\xbf\xbf"),
  BAD ("NUL in two bytes", "\xc0\x80"),
  BAD ("NUL in three bytes", "\xe0\x80\x80"),
  BAD ("NUL in four bytes", "\xf0\x80\x80\x80"),
  BAD ("NUL in five bytes", "\xf8\x80\x80\x80\x80"),
  BAD ("NUL in six bytes", "\xfc\x80\x80\x80\x80\x80"),

  /* surrogates */
  BAD ("surrogate D800", "\xed\xa0\x80"),
  BAD ("surrogate DB7F", "\xed\xad\xbf"),
  BAD ("surrogate DB80", "\xed\xae\x80"),
  BAD ("surrogate DBFF", "\xed\xaf\xbf"),
  BAD ("surrogate DC00", "\xed\xb0\x80"),
  BAD ("surrogate DF80", "\xed\xbe\x80"),
  BAD ("surrogate DFFF", "\xed\xbf\xbf"),
  BAD ("pair D800 DC00", "\xed\xa0\x80\xed\xb0\x80"),
  BAD ("pair D800 DFFF", "\xed\xa0\x80\xed\xbf\xbf"),
  BAD ("pair DB7F DC00", "\xed\xad\xbf\xed\xb0\x80"),
  BAD ("pair DB7F DFFF", "\xed\xad\xbf\xed\xbf\xbf"),
  BAD ("pair DB80 DC00", "\xed\xae\x80\xed\xb0\x80"),
  BAD ("pair DB80 DFFF", "\xed\xae\x80\xed\xbf\xbf"),
  BAD ("pair DBFF DC00", "\xed\xaf\xbf\xed\xb0\x80"),
  BAD ("pair DBFF DFFF", "\xed\xaf\xbf\xed\xbf\xbf"),
};
/* clang-format on */

const gsize n_bad_texts = G_N_ELEMENTS (bad_texts);
